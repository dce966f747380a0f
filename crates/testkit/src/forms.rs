//! The forms of a page, filled in as a browser would send them: a field that the page forgets is not sent.

use anyhow::{Context, Result, anyhow};
use scraper::{ElementRef, Html, Selector};

/// The fields of a form, in the order of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// The only form of a page with this action, as it stands there.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn on(page: &str, action: &str) -> Result<Self> {
        let forms = Self::all_on(page, action)?;
        let [form] = <[Self; 1]>::try_from(forms)
            .map_err(|forms| anyhow!("{} forms go to {action}: {page}", forms.len()))?;
        Ok(form)
    }

    /// All forms of a page with this action.
    ///
    /// # Errors
    /// None in practice: the selectors are constant.
    pub fn all_on(page: &str, action: &str) -> Result<Vec<Self>> {
        let html = Html::parse_document(page);
        let forms = selector("form")?;
        let forms = html
            .select(&forms)
            .filter(|form| form.attr("action") == Some(action));
        forms.map(fields_of).collect()
    }

    /// What is sent under a name, the first of several.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        let found = fields.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Types into a field that the form has; the first of several.
    ///
    /// # Errors
    /// When the form has no such field.
    pub fn fill(&mut self, name: &str, value: &str) -> Result<&mut Self> {
        let mut fields = self.0.iter_mut();
        let field = fields.find(|(known, _)| known == name);
        let field = field.with_context(|| format!("the form has no field {name}"))?;
        value.clone_into(&mut field.1);
        Ok(self)
    }

    /// The fields as they are sent.
    #[must_use]
    pub fn fields(&self) -> Vec<(&str, &str)> {
        let fields = self.0.iter();
        fields
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

fn selector(text: &str) -> Result<Selector> {
    Selector::parse(text).map_err(|error| anyhow!("{error}"))
}

fn fields_of(form: ElementRef<'_>) -> Result<Form> {
    let mut fields = Vec::new();
    for field in form.select(&selector("input[name], select[name], textarea[name]")?) {
        let value = match field.value().name() {
            "select" => Some(chosen_in(field)?),
            "textarea" => Some(field.text().collect()),
            _ => entered_in(field),
        };
        let name = field.attr("name").unwrap_or_default().to_owned();
        fields.extend(value.map(|value| (name, value)));
    }
    Ok(Form(fields))
}

/// What an `input` sends; none where it is a box without a tick.
fn entered_in(input: ElementRef<'_>) -> Option<String> {
    let value = input.attr("value");
    match input.attr("type") {
        Some("checkbox" | "radio") => {
            let ticked = input.attr("checked").is_some();
            ticked.then(|| value.unwrap_or("on").to_owned())
        }
        _ => Some(value.unwrap_or_default().to_owned()),
    }
}

/// What a `select` sends: what is chosen in it, else the first.
fn chosen_in(select: ElementRef<'_>) -> Result<String> {
    let options = selector("option")?;
    let options = || select.select(&options);
    let chosen = options()
        .find(|option| option.attr("selected").is_some())
        .or_else(|| options().next());
    Ok(match chosen {
        Some(option) => match option.attr("value") {
            Some(value) => value.to_owned(),
            None => option.text().collect::<String>().trim().to_owned(),
        },
        None => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_as_a_browser_sends_it() {
        let page = r#"<form action="/a"><input type="hidden" name="id" value="1 &amp; 2"><input name="text"><select
            name="one"><option value="x">X</option><option selected>Y</option></select><input type="checkbox"
            name="no"><input type="checkbox" name="yes" value="v" checked><textarea name="long">l
m</textarea></form><form action="/b"></form>"#;
        let mut form = Form::on(page, "/a").unwrap();
        let sent = [
            ("id", "1 & 2"),
            ("text", ""),
            ("one", "Y"),
            ("yes", "v"),
            ("long", "l\nm"),
        ];
        assert_eq!(form.fields(), sent);
        assert!(form.fill("no", "v").is_err());
        assert_eq!(form.fill("text", "t").unwrap().get("text"), Some("t"));
        assert!(Form::on(page, "/c").is_err());
    }
}
