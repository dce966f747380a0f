//! One part of a list that is read by a moving index.

use super::{integer, number, page_size};
use crate::commissions::Commission;
use crate::gateway::refusal::Refusal;
use crate::methods::Context;
use crate::platform_time;
use crate::profile::CommissionCursor;

/// The lines of one answer with the index of the first and the last of them.
pub(super) struct Part {
    pub(super) lines: Vec<Commission>,
    pub(super) lowest: String,
    pub(super) highest: String,
    pub(super) page: i64,
}

impl Part {
    /// The part behind `start_query_index_id`; none when nothing is there. Whether that is read upwards
    /// from the highest index given before or downwards from the lowest is a switch of the profile.
    pub(super) fn read(
        context: &Context<'_>,
        lines: Vec<Commission>,
        page: usize,
    ) -> Result<Option<Self>, Refusal> {
        let start = context.text("start_query_index_id");
        if !start.is_empty() && !is_index(start) {
            return Err(Refusal::unmapped("start_query_index_id"));
        }
        let upwards = context.profile.commission_cursor == CommissionCursor::Max;
        let mut indexed: Vec<(String, Commission)> = lines
            .into_iter()
            .map(|line| (index_of(&line), line))
            .filter(|(index, _)| {
                let index = index.as_str();
                start.is_empty()
                    || if upwards {
                        index > start
                    } else {
                        index < start
                    }
            })
            .collect();
        indexed.sort_by(|(one, _), (other, _)| {
            if upwards {
                one.cmp(other)
            } else {
                other.cmp(one)
            }
        });
        let size = page_size(context);
        let rows: Vec<(String, Commission)> = indexed
            .into_iter()
            .skip((page - 1).saturating_mul(size))
            .take(size)
            .collect();
        let lowest = rows.iter().map(|(index, _)| index).min().cloned();
        let highest = rows.iter().map(|(index, _)| index).max().cloned();
        Ok(lowest.zip(highest).map(|(lowest, highest)| Self {
            lines: rows.into_iter().map(|(_, line)| line).collect(),
            lowest,
            highest,
            page: integer(page),
        }))
    }

    pub(super) fn count(&self) -> i64 {
        integer(self.lines.len())
    }
}

/// The page that is asked for beside the index.
pub(super) fn page(context: &Context<'_>) -> usize {
    number(context, "page_no", 1)
}

/// `20260105210003_8190000000000002`: when it was paid, in platform time, and the number of the line.
fn index_of(line: &Commission) -> String {
    let paid = platform_time::text(line.paid_ms, "%Y%m%d%H%M%S");
    format!("{paid}_{}", line.sub_order_id)
}

fn is_index(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('_')
        .is_some_and(|(time, number)| time.len() == 14 && digits(time) && digits(number))
}
