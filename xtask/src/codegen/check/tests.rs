//! One small catalogue that is right, and what becomes of it when one thing is changed.

use super::super::model::Catalogue;

const METHOD: &str = r#"
[[method]]
name = "shop.find"
call = "find"
status = "current"
listed = "api-reference"
workflow = true
summary = "Finds."
token = "none"
kind = "read"
envelope = "wrapped"
value = "result"
success = { field = "code", equals = ["0"], code = "code" }
paging = { by = "page", page = "page_no", size = "page_size", rows = "rows", total = "total" }
one_of = [["words", "filter.kind"]]
sources = ["a test"]
fidelity = [{ behaviour = "fields", basis = "recorded" }]
params = [
  { name = "words", type = "text", doc = "Words." },
  { name = "page_no", type = "int", min = 1, max = 9, doc = "Page." },
  { name = "page_size", type = "int", doc = "Rows of a page." },
  { name = "filter", type = "json", doc = "Filter." },
  { name = "filter.kind", type = "choice", choice = "Sort", values = [{ value = "a", as = "A" }], doc = "Kind." },
]
answer = [
  { name = "code", type = "text", doc = "Code." },
  { name = "result", type = "object", struct = "Found", doc = "What was found." },
  { name = "result.total", type = "int", doc = "Rows in all." },
  { name = "result.rows", type = "list", key = "row", struct = "Row", each = "A row.", doc = "Rows." },
  { name = "result.rows[].id", type = "int", sometimes = true, doc = "Id." },
  { name = "result.tree", type = "embedded", struct = "Tree", doc = "A tree as JSON text." },
  { name = "result.tree[].leaves", type = "list", struct = "Leaf", each = "A leaf.", doc = "Leaves." },
  { name = "result.tree[].leaves[].name", type = "text", doc = "Name." },
]
"#;

const TOKEN: &str = r#"
[[method]]
name = "/token"
call = "token"
status = "current"
listed = "api-reference"
summary = "Gives a token."
token = "none"
kind = "write"
envelope = "flat"
sources = ["a test"]
fidelity = [{ behaviour = "the life", basis = "switch", switch = "life" }]
params = []
answer_shape = "token"
answer_lacks = ["nick"]
"#;

const SHAPES: &str = r#"
[[shape]]
name = "token"
struct = "Token"
summary = "A token."
fields = [
  { name = "nick", type = "text", doc = "Nick." },
  { name = "texts", type = "text-list", key = "string", doc = "Texts." },
]
"#;

const BEHAVIOURS: &str = r#"
[[behaviour]]
text = "order of checks"
basis = ["inferred", "switch"]
switches = ["order"]
"#;

/// The catalogue with one text put in place of another, or why it is refused.
pub(in super::super) fn with(old: &str, new: &str) -> Result<Catalogue, String> {
    let all = [METHOD, TOKEN, SHAPES, BEHAVIOURS];
    let found = all.iter().any(|text| text.contains(old));
    assert!(found, "the catalogue of the tests has no {old:?}");
    let changed = |text: &str| text.replacen(old, new, 1);
    let catalogue = Catalogue::parse(|name| {
        Ok(match name {
            "system" => changed(TOKEN),
            "dropshipping" => changed(METHOD),
            "affiliate" => "method = []".to_owned(),
            "shapes" => changed(SHAPES),
            _ => changed(BEHAVIOURS),
        })
    })
    .map_err(|error| format!("{error:#}"))?;
    catalogue.check().map_err(|error| format!("{error:#}"))?;
    Ok(catalogue)
}

fn refused(old: &str, new: &str) -> String {
    with(old, new).map_or_else(
        |error| error,
        |_| panic!("{new:?} instead of {old:?} was taken"),
    )
}

/// Each change with the whole error that it must give.
fn all_refused(cases: &[(&str, &str, &str)]) {
    for (old, new, error) in cases {
        assert_eq!(refused(old, new), *error);
    }
}

#[test]
fn what_is_right_is_taken() {
    assert_eq!(with("Finds.", "Finds.").unwrap().methods().count(), 2);
}

#[test]
fn a_method_stands_as_its_name_and_status_say() {
    all_refused(&[
        (
            "call = \"find\"",
            "",
            "method shop.find: a current method needs `call`",
        ),
        (
            "status = \"current\"\nlisted = \"api-reference\"\nworkflow",
            "status = \"deprecated\"\nlisted = \"api-reference\"\nworkflow",
            "method shop.find: a deprecated method has no `call`",
        ),
        (
            "call = \"find\"\nstatus = \"current\"",
            "status = \"deprecated\"",
            "method shop.find: workflow: no workflow leads over a deprecated method",
        ),
        (
            "call = \"find\"\nstatus = \"current\"\nlisted = \"api-reference\"\nworkflow = true",
            "status = \"deprecated\"\nlisted = \"removed\"",
            "method shop.find: fidelity: a deprecated method is not emulated",
        ),
        (
            "workflow = true",
            "prefer = \"shop.look\"",
            "method shop.find: prefer names `shop.look`, which is not in the catalogue",
        ),
        (
            "name = \"shop.find\"",
            "name = \"/shop/find\"",
            "method /shop/find: envelope: flat belongs to a path behind /rest, wrapped to a name behind /sync",
        ),
        (
            "call = \"find\"",
            "call = \"shop.find\"",
            "method shop.find: its name or its call stands twice in dropshipping.toml",
        ),
    ]);
}

#[test]
fn rows_lie_where_their_paths_say() {
    all_refused(&[
        (
            "\"filter.kind\", type",
            "\"sieve.kind\", type",
            "method shop.find: `sieve.kind` lies inside `sieve`, which has no row",
        ),
        (
            "result.rows[].id",
            "result.rows.id",
            "method shop.find: `result.rows.id`: `result.rows` is of type `list`, so that its path must have `[]`",
        ),
        (
            "\"result.total\"",
            "\"code[].total\"",
            "method shop.find: `code[].total`: `code` is of type `text`, so that its path must not have `[]`",
        ),
        (
            "name = \"page_no\"",
            "name = \"words\"",
            "method shop.find: `words` stands twice",
        ),
        (
            "doc = \"Code.\"",
            "doc = \"\"",
            "method shop.find: `code` has no doc",
        ),
        (
            "struct = \"Row\"",
            "shape = \"row\"",
            "method shop.find: `result.rows`: there is no shape `row`",
        ),
        (
            "struct = \"Row\"",
            "shape = \"token\"",
            "method shop.find: `result.rows` has the shape `token` and rows of its own",
        ),
    ]);
}

#[test]
fn keys_of_a_row_fit_its_type() {
    all_refused(&[
        (
            " key = \"row\",",
            "",
            "method shop.find: `result.rows` is a list of a wrapped answer and needs the `key` of the object around it",
        ),
        (
            " key = \"string\",",
            "",
            "shape token: `texts` is a list of a wrapped answer and needs the `key` of the object around it",
        ),
        (
            "\"code\", type = \"text\"",
            "\"code\", type = \"text\", key = \"string\"",
            "method shop.find: `code` has a `key`, but is no list",
        ),
        (
            "struct = \"Leaf\"",
            "struct = \"Leaf\", depth = 2",
            "method shop.find: `result.tree[].leaves` has `depth`, but no `key`",
        ),
        (
            "struct = \"Row\"",
            "struct = \"Row\", newest_first = \"at\"",
            "method shop.find: `result.rows`: `newest_first` names `at`, which its rows do not have",
        ),
        (
            " each = \"A row.\",",
            "",
            "method shop.find: `result.rows` is a list with a type of its own and needs `each`, the words for one row",
        ),
        (
            "sometimes = true",
            "sometimes = true, required = true",
            "method shop.find: `result.rows[].id` is `required` and there only `sometimes`",
        ),
    ]);
}

#[test]
fn keys_of_a_parameter_fit_it() {
    all_refused(&[
        (
            "doc = \"Words.\"",
            "sometimes = true, doc = \"Words.\"",
            "method shop.find: parameter `words`: `sometimes` belongs to the fields of an answer",
        ),
        (
            "doc = \"Words.\"",
            "hidden = true, doc = \"Words.\"",
            "method shop.find: parameter `words`: `hidden` belongs to the fields of an answer",
        ),
        (
            "choice = \"Sort\"",
            "as = \"sort\"",
            "method shop.find: parameter `filter.kind`: a choice has `choice` and `values`, nothing else has",
        ),
        (
            "max = 9",
            "max = 0",
            "method shop.find: parameter `page_no`: `min` lies above `max`",
        ),
    ]);
}

#[test]
fn what_a_method_names_is_there() {
    all_refused(&[
        (
            "value = \"result\"",
            "value = \"results\"",
            "method shop.find: value: the answer has no row `results`",
        ),
        (
            "value = \"result\"",
            "value = \"code\"",
            "method shop.find: value names `code`, which is neither object nor list",
        ),
        (
            "field = \"code\"",
            "field = \"ret\"",
            "method shop.find: success, `field`: the answer has no row `ret`",
        ),
        (
            "field = \"code\", ",
            "",
            "method shop.find: success: a field tells it, or rows that are filled; not both, not neither",
        ),
        (
            "equals = [\"0\"]",
            "equals = []",
            "method shop.find: success: `field` needs the texts that it `equals`",
        ),
        (
            "[\"words\", \"filter.kind\"]",
            "[\"words\", \"kind\"]",
            "method shop.find: one_of names `kind`, which is no parameter",
        ),
        (
            "[\"words\", \"filter.kind\"]",
            "[]",
            "method shop.find: one_of: an empty list needs nothing",
        ),
        (
            "workflow = true",
            "idempotency = { key = \"words\", seconds = 60 }",
            "method shop.find: idempotency: only a write needs a key to be repeated under",
        ),
        (
            "envelope = \"flat\"",
            "envelope = \"flat\"\nidempotency = { key = \"words\", seconds = 60 }",
            "method /token: idempotency names `words`, which is no parameter",
        ),
    ]);
}

#[test]
fn paging_names_parameters_and_fields_of_the_value() {
    all_refused(&[
        (
            "page = \"page_no\"",
            "page = \"page\"",
            "method shop.find: paging: `page` names `page`, which is no parameter",
        ),
        (
            "size = \"page_size\"",
            "size = \"size\"",
            "method shop.find: paging: `size` names `size`, which is no parameter",
        ),
        (
            "by = \"page\", page = \"page_no\", size = \"page_size\", rows = \"rows\", total = \"total\"",
            "by = \"cursor\", cursor = \"after\", next = \"total\", rows = \"rows\"",
            "method shop.find: paging: `cursor` names `after`, which is no parameter",
        ),
        (
            "by = \"page\", page = \"page_no\", size = \"page_size\", rows = \"rows\", total = \"total\"",
            "by = \"cursor\", cursor = \"words\", next = \"after\", rows = \"rows\"",
            "method shop.find: paging, `next`: the answer has no row `result.after`",
        ),
        (
            "rows = \"rows\"",
            "rows = \"total\"",
            "method shop.find: paging: `rows` names `result.total`, which is no list",
        ),
        (
            "total = \"total\"",
            "total = \"code\"",
            "method shop.find: paging, `total`: the answer has no row `result.code`",
        ),
        (
            "total = \"total\"",
            "finished = \"end\"",
            "method shop.find: paging, `finished`: the answer has no row `result.end`",
        ),
    ]);
}

#[test]
fn an_answer_has_rows_or_a_shape() {
    all_refused(&[
        (
            "answer_shape = \"token\"",
            "answer_shape = \"pair\"",
            "method /token: answer_shape: there is no shape `pair`",
        ),
        (
            "answer_lacks = [\"nick\"]",
            "answer_lacks = [\"name\"]",
            "method /token: answer_lacks names `name`, which the shape `token` does not have",
        ),
        (
            "answer_shape = \"token\"\n",
            "",
            "method /token: answer_lacks: only an answer_shape can lack fields",
        ),
        (
            "answer_shape = \"token\"\nanswer_lacks = [\"nick\"]",
            "",
            "method /token: an answer needs rows or `answer_shape`",
        ),
        (
            "workflow = true",
            "answer_shape = \"token\"",
            "method shop.find: answer_shape `token` stands beside rows of an answer",
        ),
    ]);
}

#[test]
fn every_current_method_says_how_well_it_is_emulated() {
    all_refused(&[
        (
            "fidelity = [{ behaviour = \"fields\", basis = \"recorded\" }]",
            "",
            "method shop.find: fidelity: a current method needs rows",
        ),
        (
            "behaviour = \"fields\"",
            "behaviour = \" \"",
            "method shop.find: fidelity: a row without words",
        ),
        (
            "behaviour = \"fields\"",
            "behaviour = \"a|b\"",
            "method shop.find: fidelity: `a|b` breaks the table",
        ),
        (
            ", switch = \"life\"",
            "",
            "method /token: fidelity: `the life` needs the `switch` that decides",
        ),
        (
            "basis = [\"inferred\", \"switch\"]",
            "basis = []",
            "behaviour `order of checks` has no basis",
        ),
        (
            "switches = [\"order\"]",
            "",
            "behaviour `order of checks`: the basis `switch` and `switches` belong together",
        ),
        (
            "basis = [\"inferred\", \"switch\"]",
            "basis = [\"inferred\"]",
            "behaviour `order of checks`: the basis `switch` and `switches` belong together",
        ),
    ]);
    let unknown = refused("basis = \"recorded\"", "basis = \"guessed\"");
    assert!(unknown.contains("catalogue/dropshipping.toml"), "{unknown}");
    assert!(unknown.contains("unknown variant `guessed`"), "{unknown}");
}
