//! What must hold inside the catalogue besides its grammar. Every error names the method or shape, and the row.

mod facts;
mod fields;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};

use super::model::{Catalogue, Kind, Method, Status};

impl Catalogue {
    /// Holds the catalogue against itself.
    pub(crate) fn check(&self) -> Result<()> {
        for group in &self.groups {
            let mut names = BTreeSet::new();
            for method in &group.methods {
                self.method(method)
                    .with_context(|| format!("method {}", method.name))?;
                ensure!(
                    names.insert(&method.name)
                        && method.call.as_ref().is_none_or(|call| names.insert(call)),
                    "method {}: its name or its call stands twice in {}.toml",
                    method.name,
                    group.name
                );
            }
        }
        for shape in &self.shapes {
            fields::check(self, &shape.fields, fields::Place::Answer { wrapped: true })
                .with_context(|| format!("shape {}", shape.name))?;
        }
        for behaviour in &self.behaviours {
            facts::behaviour(behaviour)?;
        }
        Ok(())
    }

    fn method(&self, method: &Method) -> Result<()> {
        self.standing(method)?;
        ensure!(
            method.is_flat() == method.name.starts_with('/'),
            "envelope: flat belongs to a path behind /rest, wrapped to a name behind /sync"
        );
        fields::check(self, &method.params, fields::Place::Parameters)?;
        let wrapped = !method.is_flat();
        fields::check(self, &method.answer, fields::Place::Answer { wrapped })?;
        self.answer_shape(method)?;
        facts::value(method)?;
        facts::success(method)?;
        if let Some(paging) = &method.paging {
            facts::paging(method, paging)?;
        }
        parameters_named(method)?;
        facts::fidelity(method)
    }

    /// Current or not, and what stands beside it.
    fn standing(&self, method: &Method) -> Result<()> {
        match (method.status, &method.call) {
            (Status::Current, None) => bail!("a current method needs `call`"),
            (Status::Deprecated, Some(_)) => bail!("a deprecated method has no `call`"),
            _ => {}
        }
        ensure!(
            method.is_current() || !method.workflow,
            "workflow: no workflow leads over a deprecated method"
        );
        for (key, named) in [
            ("replaced_by", &method.replaced_by),
            ("prefer", &method.prefer),
        ] {
            if let Some(named) = named {
                ensure!(
                    self.methods().any(|other| other.name == *named),
                    "{key} names `{named}`, which is not in the catalogue"
                );
            }
        }
        Ok(())
    }

    fn answer_shape(&self, method: &Method) -> Result<()> {
        let Some(name) = &method.answer_shape else {
            ensure!(
                method.answer_lacks.is_empty(),
                "answer_lacks: only an answer_shape can lack fields"
            );
            ensure!(
                !method.answer.is_empty(),
                "an answer needs rows or `answer_shape`"
            );
            return Ok(());
        };
        ensure!(
            method.answer.is_empty(),
            "answer_shape `{name}` stands beside rows of an answer"
        );
        let shape = self.shape(name).context("answer_shape")?;
        for lacking in &method.answer_lacks {
            ensure!(
                shape.fields.iter().any(|row| row.name == *lacking),
                "answer_lacks names `{lacking}`, which the shape `{name}` does not have"
            );
        }
        Ok(())
    }
}

/// Parameters that other keys of a method name.
fn parameters_named(method: &Method) -> Result<()> {
    for needed in &method.one_of {
        ensure!(!needed.is_empty(), "one_of: an empty list needs nothing");
        for wanted in needed {
            ensure!(
                method.has_parameter(wanted),
                "one_of names `{wanted}`, which is no parameter"
            );
        }
    }
    if let Some(idempotency) = &method.idempotency {
        ensure!(
            method.kind == Kind::Write,
            "idempotency: only a write needs a key to be repeated under"
        );
        ensure!(
            method.has_parameter(&idempotency.key),
            "idempotency names `{}`, which is no parameter",
            idempotency.key
        );
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests;
