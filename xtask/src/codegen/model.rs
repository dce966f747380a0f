//! The catalogue as it stands in `catalogue/*.toml`. What each key means is told in `catalogue/README.md`.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Every method, every shared shape and what is known of the platform as a whole.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) groups: Vec<Group>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) behaviours: Vec<Behaviour>,
}

/// The methods of one file.
#[derive(Debug)]
pub(crate) struct Group {
    /// `system`, `dropshipping` or `affiliate`.
    pub(crate) name: &'static str,
    pub(crate) methods: Vec<Method>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    method: Vec<Method>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapeFile {
    shape: Vec<Shape>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BehaviourFile {
    behaviour: Vec<Behaviour>,
}

/// One method of the gateway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Method {
    pub(crate) name: String,
    /// Name in the SDK; only current methods have one.
    pub(crate) call: Option<String>,
    pub(crate) status: Status,
    pub(crate) replaced_by: Option<String>,
    pub(crate) prefer: Option<String>,
    pub(crate) listed: Listed,
    #[serde(default)]
    pub(crate) workflow: bool,
    pub(crate) summary: String,
    pub(crate) status_note: Option<String>,
    pub(crate) token: Token,
    pub(crate) token_note: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) per_second: Option<u32>,
    pub(crate) envelope: Envelope,
    /// A hand-written type that the answer becomes.
    pub(crate) by_hand: Option<String>,
    /// Path of what `send` gives back; empty for the whole answer.
    pub(crate) value: Option<String>,
    /// Where the same stands in another published form of the answer.
    pub(crate) value_also: Option<String>,
    pub(crate) success: Option<Success>,
    pub(crate) paging: Option<Paging>,
    /// Of each list at least one parameter is needed.
    #[serde(default)]
    pub(crate) one_of: Vec<Vec<String>>,
    #[serde(default)]
    pub(crate) errors: Vec<String>,
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    #[serde(default)]
    pub(crate) address_rules: Vec<AddressRule>,
    pub(crate) sources: Vec<String>,
    pub(crate) params: Vec<Row>,
    #[serde(default)]
    pub(crate) answer: Vec<Row>,
    /// The whole answer is this shape.
    pub(crate) answer_shape: Option<String>,
    /// Fields of the shape that this method leaves out.
    #[serde(default)]
    pub(crate) answer_lacks: Vec<String>,
    /// Where each behaviour of the emulator comes from.
    #[serde(default)]
    pub(crate) fidelity: Vec<Fidelity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Current,
    Deprecated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Listed {
    ApiReference,
    GuidePage,
    Unlisted,
    Removed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Token {
    Required,
    Optional,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Read,
    Write,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Envelope {
    Wrapped,
    Flat,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Idempotency {
    /// JSON parameter, then the path inside it.
    pub(crate) key: String,
    pub(crate) seconds: u32,
}

/// How an answer says that it is one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Success {
    /// The field that says it, and the texts that mean success …
    pub(crate) field: Option<String>,
    /// Where that field stands in another published form of the answer.
    pub(crate) also: Option<String>,
    #[serde(default)]
    pub(crate) equals: Vec<String>,
    /// … or a list that is filled on success, beside a field that may contradict.
    pub(crate) rows: Option<String>,
    pub(crate) flag: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// Where the message stands in the other form.
    pub(crate) message_also: Option<String>,
}

impl Success {
    /// The fields that tell it, or why not.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        [
            &self.field,
            &self.also,
            &self.code,
            &self.message,
            &self.message_also,
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Paging {
    Page {
        page: String,
        size: Option<String>,
        rows: String,
        total: Option<String>,
        finished: Option<String>,
        end_code: Option<String>,
    },
    /// The answer names the cursor of the next page.
    Cursor {
        cursor: String,
        next: String,
        rows: String,
    },
    /// The largest or smallest index of a page feeds the next call; sources disagree which.
    Index {
        cursor: String,
        rows: String,
        end_code: Option<String>,
    },
}

impl Paging {
    /// The list that a page holds.
    pub(crate) fn rows(&self) -> &str {
        match self {
            Self::Page { rows, .. } | Self::Cursor { rows, .. } | Self::Index { rows, .. } => rows,
        }
    }

    /// The code with which a method says that there is no such page.
    pub(crate) fn end_code(&self) -> Option<&str> {
        match self {
            Self::Page { end_code, .. } | Self::Index { end_code, .. } => end_code.as_deref(),
            Self::Cursor { .. } => None,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressRule {
    pub(crate) country: String,
    pub(crate) rules: String,
}

/// A behaviour of the emulator's method and where it comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fidelity {
    pub(crate) behaviour: String,
    pub(crate) basis: Basis,
    /// The switch of the sandbox's profile that decides, or that turns it off.
    pub(crate) switch: Option<String>,
}

/// A behaviour of the platform that belongs to no single method.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behaviour {
    pub(crate) text: String,
    /// Several where its parts come from different places.
    pub(crate) basis: Vec<Basis>,
    #[serde(default)]
    pub(crate) switches: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Basis {
    Recorded,
    Documented,
    Inferred,
    /// Unknown, so that the profile decides.
    Switch,
    /// Values that the sandbox needs and that are its own.
    MadeUp,
}

/// Fields that several methods share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shape {
    pub(crate) name: String,
    #[serde(rename = "struct")]
    pub(crate) rust: String,
    #[serde(default)]
    pub(crate) by_hand: bool,
    pub(crate) summary: String,
    pub(crate) fields: Vec<Row>,
}

/// One parameter or one field of an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// Path: names joined by dots, `[]` after a list.
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) sometimes: bool,
    /// Name in the SDK where it differs.
    #[serde(rename = "as")]
    pub(crate) rust_name: Option<String>,
    /// Rust type of an object or of the rows of a list.
    #[serde(rename = "struct")]
    pub(crate) rust_struct: Option<String>,
    /// A hand-written Rust type for a single value.
    pub(crate) rust: Option<String>,
    pub(crate) shape: Option<String>,
    /// Key of the object around a list.
    pub(crate) key: Option<String>,
    /// How many such objects there may be.
    pub(crate) depth: Option<u8>,
    #[serde(default)]
    pub(crate) also: Vec<String>,
    #[serde(default)]
    pub(crate) loose: bool,
    /// Rows are put in order by this field, the newest first.
    pub(crate) newest_first: Option<String>,
    /// Empty text means something and is sent, which only JSON allows.
    #[serde(default)]
    pub(crate) blank: bool,
    #[serde(default)]
    pub(crate) known: Vec<String>,
    pub(crate) choice: Option<String>,
    #[serde(default)]
    pub(crate) values: Vec<Choice>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) max_items: Option<usize>,
    pub(crate) max_bytes: Option<usize>,
    pub(crate) default: Option<String>,
    /// Never sent.
    #[serde(default)]
    pub(crate) never: bool,
    /// Filled in by the SDK.
    pub(crate) fill: Option<String>,
    /// Numbers travel as text.
    pub(crate) wire: Option<String>,
    /// Rust type of a secret value.
    pub(crate) secret: Option<String>,
    #[serde(default)]
    pub(crate) personal: bool,
    /// What is wrong inside is refused by the method itself, with this code.
    pub(crate) own_error: Option<String>,
    /// No business of a caller.
    #[serde(default)]
    pub(crate) hidden: bool,
    /// What one row of a list is.
    pub(crate) each: Option<String>,
    pub(crate) doc: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    pub(crate) value: String,
    #[serde(rename = "as")]
    pub(crate) rust_name: String,
}

const GROUPS: [&str; 3] = ["system", "dropshipping", "affiliate"];

impl Catalogue {
    /// Reads and checks `catalogue/` below `root`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let folder = root.join("catalogue");
        let catalogue = Self::parse(|name| {
            let path = folder.join(format!("{name}.toml"));
            std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        })?;
        catalogue.check()?;
        Ok(catalogue)
    }

    /// The catalogue from the text of each of its files, not yet checked.
    pub(crate) fn parse(text: impl Fn(&str) -> Result<String>) -> Result<Self> {
        let mut groups = Vec::new();
        for name in GROUPS {
            let file: GroupFile =
                toml::from_str(&text(name)?).with_context(|| format!("catalogue/{name}.toml"))?;
            groups.push(Group {
                name,
                methods: file.method,
            });
        }
        let shapes: ShapeFile =
            toml::from_str(&text("shapes")?).context("catalogue/shapes.toml")?;
        let behaviours: BehaviourFile =
            toml::from_str(&text("behaviours")?).context("catalogue/behaviours.toml")?;
        Ok(Self {
            groups,
            shapes: shapes.shape,
            behaviours: behaviours.behaviour,
        })
    }

    pub(crate) fn methods(&self) -> impl Iterator<Item = &Method> {
        self.groups.iter().flat_map(|group| &group.methods)
    }

    pub(crate) fn shape(&self, name: &str) -> Result<&Shape> {
        self.shapes
            .iter()
            .find(|shape| shape.name == name)
            .with_context(|| format!("there is no shape `{name}`"))
    }
}

impl Method {
    pub(crate) fn is_current(&self) -> bool {
        self.status == Status::Current
    }

    /// Whether its answer stands bare, without the method's key around it.
    pub(crate) fn is_flat(&self) -> bool {
        self.envelope == Envelope::Flat
    }

    /// Whether a parameter, or a field of one, has this path.
    pub(crate) fn has_parameter(&self, path: &str) -> bool {
        self.params.iter().any(|row| row.name == path)
    }

    /// Name in the SDK; empty for deprecated methods, which have none.
    pub(crate) fn call(&self) -> &str {
        self.call.as_deref().unwrap_or_default()
    }
}

impl Row {
    /// The last name of the path.
    pub(crate) fn last(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// The path of what it is inside of; empty at the top.
    pub(crate) fn parent(&self) -> &str {
        let path = self.name.rsplit_once('.').map_or("", |(parent, _)| parent);
        path.strip_suffix("[]").unwrap_or(path)
    }

    /// Name in the SDK.
    pub(crate) fn rust_name(&self) -> &str {
        self.rust_name.as_deref().unwrap_or_else(|| self.last())
    }
}

/// The rows directly inside `path`.
pub(crate) fn inside<'a>(rows: &'a [Row], path: &'a str) -> impl Iterator<Item = &'a Row> {
    rows.iter().filter(move |row| row.parent() == path)
}
