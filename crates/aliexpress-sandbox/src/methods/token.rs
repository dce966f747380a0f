//! `/auth/token/create`, `/auth/token/refresh` and their `security` twins.

use super::{Context, Method, Reply, declared};
use axum::http::Method as HttpMethod;

use crate::accounts::{self, Account};
use crate::gateway::refusal::{Blame, Refusal};
use crate::json::{Object, object};
use crate::profile::{TokenCalls, Uuid};
use crate::tokens::{Issuing, Pair};

pub(super) static CREATE: Method = Method {
    declared: &declared::AUTH_TOKEN_CREATE,
    traced: false,
    run: |context, _| create(context, false),
};
pub(super) static SECURITY_CREATE: Method = Method {
    declared: &declared::AUTH_TOKEN_SECURITY_CREATE,
    traced: false,
    run: |context, _| create(context, true),
};
pub(super) static REFRESH: Method = Method {
    declared: &declared::AUTH_TOKEN_REFRESH,
    traced: false,
    run: |context, _| refresh(context, false),
};
pub(super) static SECURITY_REFRESH: Method = Method {
    declared: &declared::AUTH_TOKEN_SECURITY_REFRESH,
    traced: false,
    run: |context, _| refresh(context, true),
};

/// Fields that the `security` endpoints are documented without.
const NOT_IN_SECURITY: [&str; 4] = ["user_nick", "havana_id", "account", "account_platform"];

fn issuing<'a>(context: &Context<'a>) -> Issuing<'a> {
    Issuing {
        seed: context.inner.entropy_seed,
        app_key: &context.inner.app_key,
        now_ms: context.now_ms,
        profile: context.profile,
    }
}

/// The guide asks for POST, the reference lists GET too: the profile decides.
fn sent_as_allowed(context: &Context<'_>) -> Result<(), Refusal> {
    if context.profile.token_calls == TokenCalls::PostOnly
        && context.http_method != HttpMethod::POST
    {
        let message = "Token calls must be sent with POST";
        return Err(Refusal {
            message: message.into(),
            blame: Blame::Isv,
            ..Refusal::named("InvalidHttpMethod")
        });
    }
    Ok(())
}

fn create(context: &Context<'_>, security: bool) -> Result<Reply, Refusal> {
    sent_as_allowed(context)?;
    // Documented remedy of InvalidCode: do not send uuid. The code is not spent by such a call.
    if context.profile.uuid == Uuid::Refused && context.params.get("uuid").is_some() {
        return Err(Refusal::named("InvalidCode"));
    }
    let code = context.text("code");
    let pair = context.inner.book.change(&context.inner.clock, |state| {
        state.tokens.exchange(code, &issuing(context))
    })?;
    answer(
        context,
        &pair.ok_or_else(|| Refusal::named("InvalidCode"))?,
        security,
    )
}

fn refresh(context: &Context<'_>, security: bool) -> Result<Reply, Refusal> {
    sent_as_allowed(context)?;
    let token = context.text("refresh_token");
    let pair = context.inner.book.change(&context.inner.clock, |state| {
        state.tokens.refresh(token, &issuing(context))
    })?;
    answer(
        context,
        &pair.ok_or_else(|| Refusal::named("IllegalRefreshToken"))?,
        security,
    )
}

fn answer(context: &Context<'_>, pair: &Pair, security: bool) -> Result<Reply, Refusal> {
    let account: &Account =
        accounts::find(&pair.account).ok_or_else(|| Refusal::named("InternalError"))?;
    let mut reply = Reply::ok(object! {
        "access_token": pair.access_token.clone(),
        "refresh_token": pair.refresh_token.clone(),
        "expires_in": pair.expires_in_s,
        "refresh_expires_in": pair.refresh_expires_in_s,
        "expire_time": pair.expire_time_ms,
        "refresh_token_valid_time": pair.refresh_until_ms,
        "user_id": account.user_id,
        "seller_id": account.user_id,
        "account_id": account.user_id,
        "havana_id": account.havana_id,
        "user_nick": account.nick,
        "account": account.login,
        "account_platform": account.platform,
        "sp": "ae",
        "locale": "zh_CN",
        "code": "0",
    });
    if security {
        leave_out(&mut reply.fields, &NOT_IN_SECURITY);
    }
    leave_out(&mut reply.fields, &context.profile.omit);
    Ok(reply)
}

fn leave_out(fields: &mut Object, names: &[impl AsRef<str>]) {
    for name in names {
        fields.remove(name.as_ref());
    }
}
