//! API keys: none yet, several, one just made, a form that could not be used.

use super::*;

impl Sample {
    pub(crate) fn api_keys(&self) -> Vec<(&'static str, ApiKeysPage)> {
        let page = |keys, made, form| ApiKeysPage {
            frame: self.frame("/aliexpress/keys"),
            keys,
            made,
            form,
        };
        let made = MadeApiKey {
            key: "slk_9fQ2xA7b_made0up0made0up0made0up0made0up0made0up01234567890".to_owned(),
            name: self.name(),
        };
        let refused = ApiKeyForm {
            name: String::new(),
            scopes: vec![ScopeChoice::Read],
            problem: Some(Problem::from_code("invalid_parameter".to_owned())),
        };
        vec![
            ("none", page(Vec::new(), None, ApiKeyForm::default())),
            ("several", page(self.keys(), None, ApiKeyForm::default())),
            ("made", page(self.keys(), Some(made), ApiKeyForm::default())),
            ("refused", page(self.keys(), None, refused)),
        ]
    }

    pub(crate) fn revoke_api_key(&self) -> RevokeApiKeyPage {
        RevokeApiKeyPage {
            frame: self.frame("/aliexpress/keys/key_1/revoke"),
            key: self.keys().remove(0),
        }
    }

    fn keys(&self) -> Vec<ApiKeyRow> {
        let key = |number: i64, state, last_used_ms, expires_ms| ApiKeyRow {
            id: format!("key_{number}"),
            prefix: format!("slk_9fQ2xA7{number}"),
            name: match number {
                1 => self.name(),
                2 => "Script de stock".to_owned(),
                3 => "Comptabilité".to_owned(),
                _ => "Ancien serveur".to_owned(),
            },
            scopes: vec![ScopeChoice::Read, ScopeChoice::Token],
            state,
            expires_ms,
            last_used_ms,
            created_ms: Some(NOW - 40 * DAY),
            created_by: (number == 1).then(|| "Ada".to_owned()),
        };
        vec![
            key(
                1,
                ApiKeyState::Active,
                Some(NOW - MINUTE),
                Some(NOW + 50 * DAY),
            ),
            key(2, ApiKeyState::Active, None, None),
            key(
                3,
                ApiKeyState::Expired,
                Some(NOW - 2 * DAY),
                Some(NOW - DAY),
            ),
            key(4, ApiKeyState::Revoked, Some(NOW - HOUR), None),
        ]
    }
}
