//! What goes on by itself, on the overview: refreshes of the last day, what is due, and what the doctor sees
//! at a glance.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::{Frame, Tone};

/// What goes on by itself.
#[derive(Debug, Clone, Default)]
pub struct Upkeep {
    /// Refreshes that are due now.
    pub due: i64,
    /// Connections that have to sign in again within 30, 14, 7, 3 and 1 days.
    pub sign_in_within: [i64; 5],
    /// When due refreshes and deadlines were counted, where that was a while ago. Milliseconds.
    pub counted_ms: Option<i64>,
    /// The refreshes of the last 24 hours, the oldest first.
    pub hours: Vec<HourOfDay>,
    /// What the doctor sees at a glance.
    pub concerns: Vec<Concern>,
}

/// One hour of a chart.
#[derive(Debug, Clone, Copy, Default)]
pub struct HourOfDay {
    /// When it begins. Milliseconds.
    pub begins_ms: i64,
    /// What went well, and what did not.
    pub counts: (i64, i64),
}

/// Something that the doctor would have mended.
#[derive(Debug, Clone)]
pub struct Concern {
    /// The stable name of the finding.
    pub code: String,
    /// It does not work now, as against: it will not for ever.
    pub bad: bool,
}

impl Concern {
    fn keys(&self) -> (Key, Key) {
        match self.code.as_str() {
            "clock_off" | "clock_drifts" => (Key::ConcernClock, Key::ConcernClockFix),
            "callback_insecure" => (Key::ConcernCallback, Key::ConcernCallbackFix),
            "key_file_loose" => (Key::ConcernKeyFile, Key::ConcernKeyFileFix),
            "data_dir_loose" => (Key::ConcernDataDir, Key::ConcernDataDirFix),
            "token_file_loose" => (Key::ConcernTokenFile, Key::ConcernTokenFileFix),
            "address_not_allowed" => (Key::ConcernAddress, Key::ConcernAddressFix),
            "app_in_test" => (Key::ConcernTest, Key::ConcernTestFix),
            _ => (Key::ConcernOther, Key::ConcernOtherFix),
        }
    }

    pub(crate) fn what(&self) -> Key {
        self.keys().0
    }

    pub(crate) fn fix(&self) -> Key {
        self.keys().1
    }

    pub(crate) const fn tone(&self) -> Tone {
        if self.bad { Tone::Bad } else { Tone::Warn }
    }
}

/// Bars of a day with the same numbers in a table behind them.
#[derive(Debug, Template)]
#[template(path = "parts/chart.html")]
pub(crate) struct DayChart {
    id: &'static str,
    title: String,
    summary: String,
    from: String,
    until: String,
    when: String,
    well: String,
    failed: String,
    table: String,
    bars: Vec<Bar>,
}

/// One hour in a chart. Lengths are in units of the drawing, which is 240 wide and 60 high.
#[derive(Debug)]
struct Bar {
    x: usize,
    well_y: i64,
    well_height: i64,
    failed_y: i64,
    failed_height: i64,
    when: String,
    well: String,
    failed: String,
}

impl HtmlSafe for DayChart {}

/// How high the tallest bar is.
const HEIGHT: i64 = 56;
/// Where bars stand.
const FLOOR: i64 = 58;
/// How wide an hour is.
const STEP: usize = 10;

impl Frame {
    pub(crate) fn refreshes_chart(&self, upkeep: &Upkeep) -> DayChart {
        let title = Key::ChartRefreshes;
        self.chart("chart-refreshes", title, &upkeep.hours)
    }

    pub(crate) fn chart(&self, id: &'static str, title: Key, hours: &[HourOfDay]) -> DayChart {
        let counts: Vec<(i64, i64)> = hours.iter().map(|hour| hour.counts).collect();
        let sum = |which: fn(&(i64, i64)) -> i64| counts.iter().map(which).sum::<i64>();
        let most = counts.iter().map(|(well, failed)| well + failed).max();
        let most = most.unwrap_or(0).max(1);
        let bars = hours.iter().zip(&counts).enumerate();
        DayChart {
            id,
            title: self.t(title),
            summary: self.t2(
                Key::ChartSummary,
                "well",
                sum(|count| count.0),
                "failed",
                sum(|count| count.1),
            ),
            from: self.t(Key::ChartFrom),
            until: self.t(Key::ChartUntil),
            when: self.t(Key::ChartHour),
            well: self.t(Key::ChartWell),
            failed: self.t(Key::ChartFailed),
            table: self.t(Key::ChartTable),
            bars: bars
                .map(|(place, (hour, count))| self.bar(place, hour, *count, most))
                .collect(),
        }
    }

    fn bar(&self, place: usize, hour: &HourOfDay, (well, failed): (i64, i64), most: i64) -> Bar {
        // What happened at all is seen, however small it is beside the rest.
        let height = |count: i64| (count * HEIGHT / most).max(count.min(1));
        let (well_height, failed_height) = (height(well), height(failed));
        Bar {
            x: place * STEP + 1,
            well_y: FLOOR - well_height,
            well_height,
            failed_y: FLOOR - well_height - failed_height,
            failed_height,
            when: self.formats().absolute(hour.begins_ms),
            well: self.number(well),
            failed: self.number(failed),
        }
    }
}

impl Upkeep {
    /// Days and counts of the ladder that are not empty.
    fn ladder(&self) -> Vec<(i64, i64)> {
        let steps = [30, 14, 7, 3, 1].into_iter().zip(self.sign_in_within);
        steps.filter(|(_, count)| *count > 0).collect()
    }
}

/// The section of the overview.
#[derive(Debug, Template)]
#[template(path = "parts/upkeep.html")]
pub(crate) struct UpkeepSection<'a> {
    frame: &'a Frame,
    upkeep: &'a Upkeep,
}

impl HtmlSafe for UpkeepSection<'_> {}

impl Frame {
    pub(crate) fn upkeep<'a>(&'a self, upkeep: &'a Upkeep) -> UpkeepSection<'a> {
        UpkeepSection {
            frame: self,
            upkeep,
        }
    }
}
