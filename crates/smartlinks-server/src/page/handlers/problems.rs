//! Our problems in the words of the page.

use crate::page::views::{Problem as ProblemView, ProblemKind};
use crate::problem::Problem;

/// The gateway's code says more than ours, where the page has words for it.
pub(super) fn view(problem: Problem, request_id: &str) -> ProblemView {
    let by_gateway = problem.gateway_code.as_deref().map(ProblemKind::from_code);
    let kind = match (problem.code.as_str(), by_gateway) {
        ("gateway_unreachable", _) if problem.status == 504 => ProblemKind::Timeout,
        ("gateway_unreachable", _) => ProblemKind::Unreachable,
        ("gateway_unreadable", _) => ProblemKind::BadAnswer,
        ("gateway_busy", _) => ProblemKind::RateLimited(
            problem
                .retry_after_seconds
                .and_then(|seconds| i64::try_from(seconds).ok()),
        ),
        ("not_for_this_app", _) => ProblemKind::Permission,
        (_, Some(kind)) if kind != ProblemKind::Unknown => kind,
        ("gateway_failed", _) => ProblemKind::GatewayDown,
        (code, _) => ProblemKind::from_code(code),
    };
    let upstream = problem.gateway_code.is_some().then_some(problem.detail);
    ProblemView {
        kind,
        code: problem.gateway_code.unwrap_or(problem.code),
        upstream,
        request_id: Some(request_id.to_owned()),
    }
}
