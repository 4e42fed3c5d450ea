//! The medians as a table.

use super::record::Records;

/// What is measured, and what it shall be.
const ROWS: [(&str, &str); 17] = [
    ("no-op, warm", "0 requests, 0.03 client CPU s"),
    ("no-op, cold", "0.25 s, 40 requests, 0.2 API server CPU s"),
    (
        "create",
        "1.15 times the floor of its order, 1,060 requests, 0.35 client CPU s, 25 MiB; 4.8 s to all available",
    ),
    ("change of 10, warm", "0.06 s"),
    ("change of 10, cold", "0.3 s"),
    ("drift of 10, warm", "0.06 s"),
    ("drift of 10, cold", "0.3 s"),
    ("diff, exact", "1.4 s"),
    ("diff, filtered", "0.3 s"),
    ("prune of 100, warm", "0.12 s"),
    ("prune of 100, cold", "0.4 s"),
    ("delete of 910", "2.0 s"),
    ("no-op, cold, five times the objects", "0.8 s"),
    ("cache", "30 MiB with digests alone"),
    ("cache with what a diff needs", "60 MiB"),
    ("agentk, idle", "20 MB"),
    ("push to applied", "0.5 s"),
];

/// Figures by name, as columns, with their decimals.
const COLUMNS: [(&str, &str, usize); 8] = [
    ("wall", "wall s", 3),
    ("available", "all available s", 2),
    ("cpu", "client CPU s", 3),
    ("peak_mib", "peak MiB", 0),
    ("resident_mib", "resident MiB", 1),
    ("requests", "requests", 0),
    ("counted", "counted by the server", 0),
    ("server_cpu", "API server CPU s", 2),
];

/// One line for each step and each that did it.
pub(super) fn markdown(records: &Records) -> String {
    let titles: Vec<_> = COLUMNS.iter().map(|(_, title, _)| *title).collect();
    let mut lines = vec![
        format!("| Step | Who | {} | Goal |", titles.join(" | ")),
        format!("|---|---|{}---|", "---:|".repeat(titles.len())),
    ];
    for (measured, goal) in ROWS {
        for (index, (who, figures)) in records.medians(measured).into_iter().enumerate() {
            let cells = COLUMNS.iter().map(|(name, _, decimals)| {
                figures
                    .get(*name)
                    .map_or_else(String::new, |figure| format!("{figure:.decimals$}"))
            });
            let cells: Vec<_> = cells.collect();
            let (step, goal) = if index == 0 { (measured, goal) } else { ("", "") };
            lines.push(format!("| {step} | {who} | {} | {goal} |", cells.join(" | ")));
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_step_is_named_once() {
        let mut records = Records::default();
        records.add("glops", "create", &json!({"wall": 2.0, "requests": 1025}));
        records.add("kubectl", "create", &json!({"wall": 6.5}));
        let table = markdown(&records);
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[2].starts_with("| create | glops | 2.000 |") && lines[2].contains("| 1025 |"));
        assert!(lines[3].starts_with("|  | kubectl | 6.500 |"));
    }
}
