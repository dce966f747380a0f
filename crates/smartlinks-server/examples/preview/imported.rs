//! The catalogue, prices and imports.

use smartlinks_server::page::views::*;

use super::{DAY, HOUR, MINUTE, NOW, Sample};

const PRODUCT: &str = "prod_01998a1c-7d2e-7b33-8f10-000000000001";
const RULE: &str = "rule_01998a1c-7d2e-7b33-8f10-000000000002";
const RUN: &str = "run_01998a1c-7d2e-7b33-8f10-000000000003";
const IMPORT: &str = "imp_01998a1c-7d2e-7b33-8f10-000000000004";

fn euros(amount: &str) -> Price {
    Price::new(amount, "EUR")
}

fn range(lowest: &str, highest: &str) -> Option<PriceRange> {
    Some(PriceRange {
        lowest: euros(lowest),
        highest: euros(highest),
    })
}

impl Sample {
    fn catalogue_row(&self, number: usize) -> CatalogueRow {
        CatalogueRow {
            id: PRODUCT.into(),
            number: format!("10050080000000{number:02}"),
            title: self.text(),
            picture: (number != 2).then(|| format!("{}{number}.svg", self.upstream.picture)),
            labels: vec![self.name(), "lamps".into()],
            standing: [Standing::Listed, Standing::Held, Standing::Unpublished][number % 3],
            availability: match number {
                1 => Availability::NotSoldHere,
                _ => Availability::OnSale,
            },
            sold: 3,
            variants: 12,
            in_stock: 2,
            unpriced: [0, 1, 3][number % 3],
            cost: range("4.05", "12.10"),
            price: range("9.99", "29.99").filter(|_| number != 2),
            checked_ms: Some(NOW - 3 * HOUR),
            stale: number == 2,
        }
    }

    pub(crate) fn catalogues(&self) -> Vec<(&'static str, CatalogueListPage)> {
        let page = |asked, rows, counts| CatalogueListPage {
            frame: self.frame("/aliexpress/catalogue"),
            asked,
            counts,
            rows,
            next: Some(PRODUCT.into()),
            currency: "EUR".into(),
        };
        let counts = vec![
            (Standing::Listed, 12_480),
            (Standing::Held, 2),
            (Standing::Unpublished, 31),
        ];
        let asked = CatalogueAsked {
            q: self.text(),
            state: Some(Standing::Held),
            label: self.name(),
            availability: Some(Availability::OnSale),
        };
        let rows = (0..4).map(|number| self.catalogue_row(number)).collect();
        let mut plain = page(CatalogueAsked::default(), rows, counts.clone());
        plain.frame.notice = Some(Notice::Catalogue(CatalogueDeed::Removed));
        vec![
            (
                "empty",
                page(CatalogueAsked::default(), Vec::new(), Vec::new()),
            ),
            ("plain", plain),
            ("none", page(asked, Vec::new(), counts)),
        ]
    }

    fn catalogue_sku(&self, number: usize) -> CatalogueSku {
        CatalogueSku {
            id: format!("1200004100000000{number}"),
            properties: self.sku(number).properties,
            picture: Some(format!("{}{number}.svg", self.upstream.picture)),
            cost: (number != 2).then(|| euros("4.05")),
            price: (number != 2).then(|| euros("9.99")),
            by_hand: number == 1,
            least: (number == 1).then(|| euros("10.45")),
            stock: [Some(1_200), Some(0), None][number % 3],
            gone_ms: (number == 1).then_some(NOW - DAY),
            code: format!("MAT-{number}"),
            chosen: number != 1,
            kept_code: format!("MAT-{number}"),
            kept_chosen: number != 1,
        }
    }

    pub(crate) fn catalogue_products(&self) -> Vec<(&'static str, CatalogueProductPage)> {
        let page = |number, problem| CatalogueProductPage {
            frame: self.frame(&format!("/aliexpress/catalogue/{PRODUCT}")),
            row: self.catalogue_row(number),
            facts: CatalogueProductFacts {
                source_title: self.text(),
                shop: self.some_text(),
                ship_to: "FR".into(),
                currency: "EUR".into(),
                added_ms: Some(NOW - 12 * DAY),
                item_url: self.upstream.link.into(),
                rule: RULE.into(),
            },
            skus: (0..3).map(|number| self.catalogue_sku(number)).collect(),
            rules: vec![(RULE.into(), self.name())],
            form: CatalogueForm {
                title: self.text(),
                state: "listed".into(),
                labels: self.name(),
                rule: RULE.into(),
                problem,
            },
            hand: HandPriceForm {
                currency: "EUR".into(),
                ..HandPriceForm::default()
            },
        };
        let wrong = (
            Problem::from_code("invalid_parameter"),
            format!("own_code: {:?} is given to two variants", "MAT-0"),
        );
        let mut bare = page(0, None);
        bare.skus.clear();
        vec![
            ("plain", page(0, None)),
            ("refused", page(1, Some(wrong))),
            ("bare", bare),
        ]
    }

    pub(crate) fn remove_product(&self) -> RemoveProductPage {
        RemoveProductPage {
            frame: self.frame(&format!("/aliexpress/catalogue/{PRODUCT}/remove")),
            id: PRODUCT.into(),
            title: self.text(),
        }
    }

    fn rule_contents(&self) -> RuleContents {
        let step = |up_to: &str, percent: &str, plus: &str| RuleStep {
            up_to: up_to.into(),
            percent: percent.into(),
            plus: plus.into(),
        };
        RuleContents {
            currency: "EUR".into(),
            steps: vec![
                step("10", "100", "1.50"),
                step("50", "60.5", "0"),
                step("", "0", "25"),
            ],
            min_profit: "2".into(),
            min_margin: "30".into(),
            every: "1".into(),
            ending: "0.99".into(),
        }
    }

    fn rate_row(&self) -> RateRow {
        RateRow {
            from: "USD".into(),
            to: "EUR".into(),
            rate: "0.9245".into(),
            by_gateway: false,
            at_ms: NOW - 3 * DAY,
        }
    }

    pub(crate) fn prices(&self) -> Vec<(&'static str, PricesPage)> {
        let rate = RateForm {
            from: "USD".into(),
            to: "EUR".into(),
            ..RateForm::default()
        };
        let page = |rules, rates| PricesPage {
            frame: self.frame("/aliexpress/catalogue/rules"),
            rules,
            rates,
            dry_run: DryRunForm::default(),
            rate: rate.clone(),
        };
        let rule = |is_default, contents| RuleRow {
            id: RULE.into(),
            name: self.name(),
            contents,
            is_default,
        };
        let simple = RuleContents {
            currency: "XOF".into(),
            steps: vec![RuleStep {
                percent: "40".into(),
                ..RuleStep::default()
            }],
            ..RuleContents::default()
        };
        let rules = vec![rule(true, self.rule_contents()), rule(false, simple)];
        let mut refused = page(rules.clone(), vec![self.rate_row()]);
        let wrong = Problem::from_code("invalid_parameter");
        refused.rate.rate = "0,92".into();
        refused.rate.problem = Some((wrong.clone(), "rate: \"0,92\" is not a number".into()));
        refused.dry_run.problem = Some((wrong, "selection: has more than 10000 variants".into()));
        let mut plain = page(rules, vec![self.rate_row()]);
        plain.frame.notice = Some(Notice::Catalogue(CatalogueDeed::RuleSaved));
        vec![
            ("none", page(Vec::new(), Vec::new())),
            ("plain", plain),
            ("refused", refused),
        ]
    }

    pub(crate) fn price_rules(&self) -> Vec<(&'static str, RulePage)> {
        let page = |id: Option<&str>, contents, problem| RulePage {
            frame: self.frame("/aliexpress/catalogue/rules/new"),
            id: id.map(str::to_owned),
            known_as: self.name(),
            name: self.name(),
            contents,
            is_default: id.is_none(),
            problem,
        };
        let wrong = (
            Problem::from_code("invalid_parameter"),
            "rule: steps[1].up_to: expected rising amounts, and none in the last step".to_owned(),
        );
        let empty = RuleContents {
            currency: "EUR".into(),
            ..RuleContents::default()
        };
        vec![
            ("new", page(None, empty, None)),
            ("known", page(Some(RULE), self.rule_contents(), None)),
            ("refused", page(None, self.rule_contents(), Some(wrong))),
        ]
    }

    fn run_line(&self, number: usize) -> RunLine {
        let problems = [
            None,
            None,
            Some(RunProblem::NoRate("USD".into(), "EUR".into())),
            Some(RunProblem::NoRule),
            Some(RunProblem::NoCost),
            Some(RunProblem::ImpossibleCost),
            Some(RunProblem::ZeroPrice),
        ];
        let problem = problems[number % problems.len()].clone();
        let priced = problem.is_none();
        RunLine {
            product: PRODUCT.into(),
            title: self.text(),
            variant: self.text().chars().take(24).collect(),
            sku: format!("1200004100000000{number}"),
            own_code: (number == 1).then(|| "MAT-1".into()),
            rule: Some(self.name()),
            cost: Some(Price::new("4.35", "USD")),
            rate: priced.then(|| self.rate_row()),
            converted: priced.then(|| euros("4.021575")),
            before: (number != 0).then(|| euros("8.99")),
            after: priced.then(|| euros("9.99")),
            margin: priced.then(|| euros("5.968425")),
            margin_percent: priced.then(|| "59.74".into()),
            problem,
            by_hand: number == 1,
            least: (number == 1).then(|| euros("10.45")),
        }
    }

    pub(crate) fn price_runs(&self) -> Vec<(&'static str, PriceRunPage)> {
        let page = |applied_ms: Option<i64>, moved, lines: Vec<RunLine>| PriceRunPage {
            frame: self.frame(&format!("/aliexpress/catalogue/runs/{RUN}")),
            run: RunFacts {
                id: RUN.into(),
                of: RunSelection {
                    named: applied_ms.map(|_| 120),
                    words: self.some_text(),
                    label: self.some_name(),
                    state: Some(Standing::Listed),
                    availability: Some(Availability::OnSale),
                    connection: self.some_name(),
                    rule: self.some_name(),
                },
                rule_name: self.some_name(),
                products: 120,
                variants: 1_480,
                changes: if lines.is_empty() { 0 } else { 1_200 },
                unchanged: 275,
                problems: if lines.is_empty() { 0 } else { 5 },
                by_hand: if lines.is_empty() { 0 } else { 3 },
                made_ms: Some(NOW - 4 * MINUTE),
                applied_ms,
            },
            next: (!lines.is_empty()).then_some(100),
            lines,
            moved,
        };
        let lines = || (0..7).map(|number| self.run_line(number)).collect();
        let moved = RunMoved {
            count: 2,
            lines: vec![
                (self.run_line(0), Some(self.run_line(2))),
                (self.run_line(1), None),
            ],
        };
        let mut applied = page(Some(NOW - MINUTE), None, lines());
        applied.frame.notice = Some(Notice::Catalogue(CatalogueDeed::PricesApplied));
        vec![
            ("plain", page(None, None, lines())),
            ("nothing", page(None, None, Vec::new())),
            ("applied", applied),
            ("moved", page(None, Some(moved), lines())),
        ]
    }

    fn job(&self, state: ImportState, failed: i64, rests: Option<Problem>) -> ImportJob {
        let done = state == ImportState::Done;
        ImportJob {
            id: IMPORT.into(),
            state,
            feed: rests.is_some().then(|| self.text()),
            finding: rests.is_some(),
            lines: 1_250,
            imported: if done { 1_250 - failed } else { 412 },
            failed,
            next_ms: rests.is_some().then_some(NOW + 5 * MINUTE),
            rests,
            no_more: (failed == 7).then(|| self.problem("ApiCallLimit")),
            created_ms: Some(NOW - 20 * MINUTE),
            finished_ms: (state != ImportState::Running).then_some(NOW - MINUTE),
        }
    }

    fn jobs(&self) -> Vec<ImportJob> {
        let why = Some(self.problem("ApiCallLimit"));
        vec![
            self.job(ImportState::Running, 3, None),
            self.job(ImportState::Running, 0, why),
            self.job(ImportState::Done, 0, None),
            self.job(ImportState::Done, 7, None),
            self.job(ImportState::Cancelled, 0, None),
        ]
    }

    pub(crate) fn import_lists(&self) -> Vec<(&'static str, ImportsPage)> {
        let page = |connected, form, jobs| ImportsPage {
            frame: self.frame("/aliexpress/catalogue/imports"),
            accounts: match connected {
                true => vec![
                    ("conn_1".into(), "Boutique Brazzaville".into()),
                    ("conn_2".into(), self.name()),
                ],
                false => vec![],
            },
            rules: vec![(RULE.into(), self.name())],
            form,
            feeds: vec![(self.text(), Some(12_480)), ("AEB_FR_Choice".into(), None)],
            feed: FeedForm::default(),
            jobs,
            next: Some(IMPORT.into()),
        };
        let wrong = |line, column: Option<&str>, message: String| WrongLine {
            line,
            column: column.map(str::to_owned),
            message,
        };
        let refused = ImportsForm {
            connection: String::new(),
            text: format!("product,skus\n{}\n", self.text()),
            labels: self.name(),
            rule: RULE.into(),
            lines: vec![
                wrong(2, Some("product"), self.text()),
                wrong(3, None, "has 3 cells, the header 2".into()),
            ],
            wrong: 2,
            problem: None,
        };
        let broken = ImportsForm {
            problem: Some((
                Problem::from_code("invalid_parameter"),
                "labels: \"\" is empty".into(),
            )),
            ..ImportsForm::default()
        };
        vec![
            ("empty", page(true, ImportsForm::default(), Vec::new())),
            (
                "not-connected",
                page(false, ImportsForm::default(), Vec::new()),
            ),
            ("plain", page(true, ImportsForm::default(), self.jobs())),
            ("wrong-lines", page(true, refused, self.jobs())),
            ("refused", {
                let mut page = page(true, broken, Vec::new());
                page.feed.problem = page.form.problem.clone();
                page
            }),
        ]
    }

    fn import_line(&self, number: i64) -> ImportLine {
        let states = [
            ImportLineState::Imported,
            ImportLineState::Failed,
            ImportLineState::Waiting,
        ];
        let state = states[usize::try_from(number % 3).unwrap_or_default()];
        ImportLine {
            line: number + 2,
            number: format!("10050080000000{number:02}"),
            state,
            attempts: i64::from(state == ImportLineState::Waiting),
            product: (state == ImportLineState::Imported).then(|| PRODUCT.into()),
            problem: (state == ImportLineState::Failed).then(|| self.problem("ITEM_ID_NOT_FOUND")),
        }
    }

    pub(crate) fn imports(&self) -> Vec<(&'static str, ImportPage)> {
        let names = ["running", "resting", "done", "partly", "cancelled"];
        let pages = names.into_iter().zip(self.jobs()).map(|(name, job)| {
            let none = name == "done";
            let page = ImportPage {
                frame: self.frame(&format!("/aliexpress/catalogue/imports/{IMPORT}")),
                state: none.then_some(ImportLineState::Failed),
                lines: match none {
                    true => Vec::new(),
                    false => (0..3).map(|number| self.import_line(number)).collect(),
                },
                next: (!none).then_some(50),
                job,
            };
            (name, page)
        });
        pages.collect()
    }
}
