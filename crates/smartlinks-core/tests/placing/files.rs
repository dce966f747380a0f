//! Files of orders: however a file is mended, saved anew or sent again, and by whomever, what is ordered is ordered once.

use smartlinks_core::{BatchLineView, OrderBatch, OrderBatchView};

use super::*;

const HEADER: [&str; 9] = [
    "product",
    "sku",
    "quantity",
    "country",
    "contact_person",
    "address",
    "zip",
    "city",
    "province",
];

/// A line of a file: who gets one piece, and what it may cost.
fn line(order: &NewOrder, quantity: u32, recipient: &str, most: &str) -> Vec<String> {
    let goods = &order.lines[0];
    let cells = [
        &goods.product_id,
        &goods.sku,
        &quantity.to_string(),
        "FR",
        recipient,
        "1 rue de l'Exemple",
        "35000",
        "Rennes",
        "Bretagne",
        "612345678",
        most,
    ];
    cells.map(str::to_owned).to_vec()
}

fn file(lines: &[Vec<String>], separator: &str) -> String {
    let mut header = HEADER.to_vec();
    header.extend(["mobile_no", "max_total"]);
    let mut text = header.join(separator);
    for line in lines {
        text.push('\n');
        text.push_str(&line.join(separator));
    }
    text
}

fn batch(csv: String) -> OrderBatch {
    OrderBatch {
        csv,
        batch: None,
        connection: None,
        go_on: true,
        from: None,
        limit: None,
    }
}

fn states(view: &OrderBatchView) -> Vec<&str> {
    view.results
        .iter()
        .map(|line| line.state.as_str())
        .collect()
}

async fn intents(app: &App) -> Result<usize> {
    let listed = app.core.order_intents(&IntentListing::default()).await?;
    Ok(listed.intents.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_file_orders_its_ordered_lines_no_second_time() -> Result<()> {
    let (app, order) = connected().await?;
    let mut lines = vec![
        line(&order, 1, "Camille Canari", "1000"),
        line(&order, 1, "Robin Merle", "0.01"),
        line(&order, 1, "Dominique Pinson", "1000"),
    ];
    let first = app.core.order_batch(&batch(file(&lines, ","))).await?;
    let expected = ["created_unpaid", "not_placeable", "created_unpaid"];
    assert_eq!((states(&first), first.not_ordered), (expected.to_vec(), 1));
    assert_eq!(made(&app).await?, 2);

    // The line is mended, another one comes on top, all limits are raised, and the spreadsheet saves in its own way.
    for line in &mut lines {
        line[10] = "2000".to_owned();
    }
    lines.insert(0, line(&order, 1, "Claude Moineau", "2000"));
    let mended = format!("\u{feff}{}\n\n", file(&lines, ";").replace('\n', "\r\n"));
    let mut looked = batch(mended.clone());
    looked.limit = Some(0);
    let looked = app.core.order_batch(&looked).await?;
    let places: Vec<i64> = looked.results.iter().map(|line| line.line).collect();
    assert_eq!((places, looked.done), (vec![3, 5], 0));
    let second = app.core.order_batch(&batch(mended.clone())).await?;
    assert_eq!(states(&second), ["created_unpaid"; 4]);
    let earlier: Vec<bool> = second.results.iter().map(|line| line.earlier).collect();
    assert_eq!(earlier, [false, true, false, true]);
    assert_eq!(second.results[1].intent, first.results[0].intent);
    assert!(second.results[1].ordered_at.is_some() && !second.results[1].otherwise);
    assert_eq!((intents(&app).await?, made(&app).await?), (4, 4));

    // Where something else of an ordered line has changed, that is said, and it is no second order either.
    for line in &mut lines {
        line[4] = line[4].to_uppercase();
        line[6] = "35 000".to_owned();
    }
    lines.reverse();
    let third = app.core.order_batch(&batch(file(&lines, "\t"))).await?;
    assert!(
        third
            .results
            .iter()
            .all(|line| line.earlier && line.otherwise)
    );
    assert_eq!((third.next, third.stopped), (None, false));
    assert_eq!((intents(&app).await?, made(&app).await?), (4, 4));

    // A new name is how somebody says that all of it is wanted again; without a name its orders count as well.
    let top: Vec<&str> = mended.lines().take(2).collect();
    let mut again = batch(top.join("\n"));
    again.batch = Some("november".to_owned());
    assert_eq!(
        states(&app.core.order_batch(&again).await?),
        ["created_unpaid"]
    );
    assert_eq!(made(&app).await?, 5);
    app.core.order_batch(&again).await?;
    again.batch = None;
    app.core.order_batch(&again).await?;
    assert_eq!(made(&app).await?, 5);
    Ok(())
}

/// Somebody may want the same twice: then it stands twice in the file, and each of the two is ordered once.
#[tokio::test(flavor = "multi_thread")]
async fn equal_lines_are_as_many_orders() -> Result<()> {
    let (app, order) = connected().await?;
    let one = line(&order, 1, "Camille Canari", "1000");
    let two = line(&order, 2, "Camille Canari", "1000");
    let first = file(&[one.clone(), one.clone(), two.clone()], ",");
    let first = app.core.order_batch(&batch(first)).await?;
    assert_eq!(
        (states(&first), made(&app).await?),
        (vec!["created_unpaid"; 3], 3)
    );
    for lines in [
        vec![one.clone()],
        vec![two.clone(), one.clone()],
        vec![two.clone(), one.clone(), one.clone()],
    ] {
        let again = app.core.order_batch(&batch(file(&lines, ","))).await?;
        let differ = |line: &BatchLineView| !line.earlier || line.otherwise;
        assert!(!again.results.iter().any(differ), "{:?}", again.results);
    }
    assert_eq!(made(&app).await?, 3);
    let more = vec![one.clone(), one.clone(), one, two];
    let more = app.core.order_batch(&batch(file(&more, ","))).await?;
    assert_eq!((more.results.len(), made(&app).await?), (4, 4));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aliexpress_has_refused_is_tried_again_and_ordered_once() -> Result<()> {
    let (app, order) = connected().await?;
    let csv = file(
        &[
            line(&order, 1, "Camille Canari", "1000"),
            line(&order, 1, "Robin Merle", "1000"),
        ],
        ",",
    );
    let fault =
        json!({ "match": { "method": CREATE }, "then": "error", "code": "InsufficientPermission" });
    app.control("faults", &fault).await?;
    let first = app.core.order_batch(&batch(csv.clone())).await?;
    assert_eq!(states(&first), ["refused", "created_unpaid"]);
    // Going on behind it does not come back to it.
    let mut on = batch(csv.clone());
    on.from = Some(3);
    let on = app.core.order_batch(&on).await?;
    assert_eq!(
        (states(&on), on.not_ordered),
        (vec!["refused", "created_unpaid"], 1)
    );
    assert_eq!(made(&app).await?, 1);
    for _ in 0..2 {
        let second = app.core.order_batch(&batch(csv.clone())).await?;
        assert_eq!(states(&second), ["created_unpaid"; 2]);
        assert_eq!((second.not_ordered, made(&app).await?), (0, 2));
    }
    Ok(())
}

/// A page and a command, two processes and two people, with the same file at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn two_callers_at_once_order_each_line_once() -> Result<()> {
    let (app, order) = connected().await?;
    let beside = app.beside().await?;
    let csv = file(
        &[
            line(&order, 1, "Camille Canari", "1000"),
            line(&order, 1, "Robin Merle", "1000"),
        ],
        ",",
    );
    let racing: Vec<_> = (0..6)
        .map(|number| {
            let core = if number % 2 == 0 {
                &app.core
            } else {
                &beside.core
            };
            let caller = Actor {
                id: Some(format!("operator-{number}")),
                ..Actor::of(ActorKind::Operator)
            };
            let (core, batch) = (core.acting_as(caller), batch(csv.clone()));
            tokio::spawn(async move { core.order_batch(&batch).await })
        })
        .collect();
    for one in racing {
        let view = one.await??;
        assert!(
            view.results.iter().all(BatchLineView::is_ordered),
            "{view:?}"
        );
    }
    assert_eq!((intents(&app).await?, made(&app).await?), (2, 2));
    Ok(())
}
