//! One figure and its budget, in the line that `cargo xtask bench` reads.

/// How many rounds count. One before them warms up and is thrown away.
pub(crate) const ROUNDS: usize = 5;

/// Which side of the budget is good.
#[derive(Clone, Copy)]
pub(crate) enum Better {
    More,
    Less,
}

/// Prints the line. `bare` is the primitive of the same run, where there is one; the ratio is to it.
pub(crate) fn print(name: &str, measured: f64, bare: Option<f64>, budget: f64, better: Better) {
    let met = match better {
        Better::More => measured >= budget,
        Better::Less => measured <= budget,
    };
    let digits = |number: f64| match number {
        number if number >= 100.0 => format!("{number:.0}"),
        number => format!("{number:.2}"),
    };
    let bare_text = bare.map_or_else(|| "-".to_owned(), digits);
    let ratio = bare.map_or_else(|| "-".to_owned(), |bare| format!("{:.2}", measured / bare));
    let verdict = if met { "met" } else { "missed" };
    println!(
        "bench {name} measured={} bare={bare_text} ratio={ratio} budget={} {verdict}",
        digits(measured),
        digits(budget)
    );
}

/// Runs the rounds and gives the median of what they measure.
pub(crate) fn median_of(mut round: impl FnMut() -> f64) -> f64 {
    let figures = (0..=ROUNDS).map(|_| round()).skip(1).collect();
    median(figures)
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
