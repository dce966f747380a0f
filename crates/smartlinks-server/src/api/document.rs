//! What every operation has in common, put into the OpenAPI document from the places where it is decided: the scope
//! from the table of access rules, the refusals from the guards in front of all routes.

use axum::http::{Method, StatusCode};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use crate::guard::{Rule, Ruled, rule};

const BEARER: &str = "bearer";
const PROBLEM: &str = "application/problem+json";

/// A refusal that a guard gives on many routes.
struct Common {
    status: StatusCode,
    name: &'static str,
    description: &'static str,
    applies: fn(&Method, Rule) -> bool,
}

const COMMON: [Common; 10] = [
    Common {
        status: StatusCode::BAD_REQUEST,
        name: "BadRequest",
        description: "`invalid_request`, `invalid_parameter`: something that was sent cannot be read or used",
        applies: |_, _| true,
    },
    Common {
        status: StatusCode::UNAUTHORIZED,
        name: "Unauthorized",
        description: "`unauthenticated`, or a key that does not hold: `invalid_api_key`, `mistyped_api_key`, \
                      `expired_api_key`, `revoked_api_key`",
        applies: |_, rule| rule != Rule::Public,
    },
    Common {
        status: StatusCode::FORBIDDEN,
        name: "Forbidden",
        description: "`missing_scope` (see `needed_scope` and `held_scopes`); `cross_site`: a page of another site made a \
                      browser send it",
        applies: |_, rule| rule != Rule::Public,
    },
    Common {
        status: StatusCode::REQUEST_TIMEOUT,
        name: "Timeout",
        description: "`timeout`: the body did not arrive in time",
        applies: |method, _| changes(method),
    },
    Common {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        name: "TooLarge",
        description: "`too_large`: the body is larger than 64 KiB, or 2 MiB where a file of products is sent",
        applies: |_, _| true,
    },
    Common {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        name: "NotJson",
        description: "`not_json`: a body came that is not `application/json`",
        applies: |method, _| changes(method),
    },
    Common {
        status: StatusCode::MISDIRECTED_REQUEST,
        name: "WrongHost",
        description: "`wrong_host`: the request does not name this server",
        applies: |_, _| true,
    },
    Common {
        status: StatusCode::TOO_MANY_REQUESTS,
        name: "TooMany",
        description: "`rate_limited`: see `Retry-After`",
        applies: |_, _| true,
    },
    Common {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        name: "Internal",
        description: "`internal`: a mistake of this server; quote the `request_id`",
        applies: |_, _| true,
    },
    Common {
        status: StatusCode::SERVICE_UNAVAILABLE,
        name: "Unavailable",
        description: "`storage_failed`: the database does not answer; `not_configured`: app key, secret or callback \
                      is missing",
        applies: |_, _| true,
    },
];

fn changes(method: &Method) -> bool {
    *method != Method::GET
}

/// Puts scopes, common refusals and the way to sign requests into a document.
pub(super) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    describe_bearer(components);
    for common in &COMMON {
        let response = problem_response(common.description);
        components
            .responses
            .insert(common.name.to_owned(), RefOr::T(response));
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_of(item) {
            complete_operation(&method, path, operation);
        }
    }
}

fn describe_bearer(components: &mut Components) {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("slk_<prefix>_<secret>")
        .description(Some(
            "An API key, made on the page, with `smartlinks api-keys create` or by another key. The scope that an \
             operation needs stands with it; `admin` includes no other scope. A signed-in operator may use all of them.",
        ));
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme.build()));
}

fn problem_response(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

/// The operations of a path, with their methods.
pub(super) fn operations_of(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, item.get.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::PATCH, item.patch.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

fn complete_operation(method: &Method, path: &str, operation: &mut Operation) {
    // A route without a rule is closed, and a test of the table fails.
    let Ruled::By(rule) = rule(method, path) else {
        return;
    };
    if let Rule::Needs(scope) = rule {
        operation.security = Some(vec![SecurityRequirement::new(BEARER, [scope.as_str()])]);
        let needs = format!("Needs the scope `{scope}`.");
        operation.description = Some(match operation.description.take() {
            Some(text) => format!("{text}\n\n{needs}"),
            None => needs,
        });
    } else {
        operation.security = Some(Vec::new());
    }
    tell_operations_apart(operation);
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            reason(status).clone_into(&mut response.description);
        }
        if status.starts_with(['4', '5'])
            && let RefOr::T(response) = response
            && let Some(content) = response.content.swap_remove("application/json")
        {
            response.content.insert(PROBLEM.to_owned(), content);
        }
    }
    for common in &COMMON {
        if (common.applies)(method, rule) {
            let reference = Ref::from_response_name(common.name);
            operation
                .responses
                .responses
                .entry(common.status.as_str().to_owned())
                .or_insert(RefOr::Ref(reference));
        }
    }
}

/// A description has to stand with each answer; where a route has none, the usual words of its status.
fn reason(status: &str) -> &'static str {
    StatusCode::from_bytes(status.as_bytes())
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default()
}

/// Handlers of different nouns have the same names; ids have to be unique.
fn tell_operations_apart(operation: &mut Operation) {
    let noun = operation.tags.as_ref().and_then(|tags| tags.first());
    if let (Some(noun), Some(verb)) = (noun, operation.operation_id.take()) {
        operation.operation_id = Some(format!("{}_{verb}", noun.replace('-', "_")));
    }
}
