//! The figures as Markdown.

use super::comparison::Measured;
use super::program::Cost;

/// Both programs beside one another: the median of the small cases, and each of those that stand alone.
pub(super) fn compared(small: &[Measured], alone: &[Measured]) -> String {
    let mut table = String::from(
        "| what | output | wall ms, ours | theirs | ratio | CPU ms, ours | theirs | ratio | peak MiB, ours | theirs |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    if !small.is_empty() {
        table.push_str(&medians(small));
    }
    for case in alone {
        table.push_str(&row(
            &case.name,
            case.output,
            &of_all(&case.ours),
            &of_all(&case.theirs),
        ));
    }
    table
}

/// One row for many cases: of each case the median of its runs, of those the median; so with the ratios.
fn medians(cases: &[Measured]) -> String {
    let each = |of: fn(&Measured) -> Cost, figure: fn(&Cost) -> f64| {
        median(cases.iter().map(|case| figure(&of(case))).collect())
    };
    let side = |of: fn(&Measured) -> Cost| Cost {
        wall: each(of, |cost| cost.wall),
        cpu: each(of, |cost| cost.cpu),
        peak_mib: each(of, |cost| cost.peak_mib),
    };
    let ratio = |figure: fn(&Cost) -> f64| {
        let ratios = cases
            .iter()
            .map(|case| figure(&of_all(&case.theirs)) / figure(&of_all(&case.ours)));
        median(ratios.collect())
    };
    let output = median(cases.iter().map(|case| case.output as f64).collect());
    line_of(
        &format!("median of {} cases", cases.len()),
        output as usize,
        &side(|case| of_all(&case.ours)),
        &side(|case| of_all(&case.theirs)),
        (ratio(|cost| cost.wall), ratio(|cost| cost.cpu)),
    )
}

fn row(name: &str, output: usize, ours: &Cost, theirs: &Cost) -> String {
    let ratios = (theirs.wall / ours.wall, theirs.cpu / ours.cpu);
    line_of(name, output, ours, theirs, ratios)
}

fn line_of(name: &str, output: usize, ours: &Cost, theirs: &Cost, (wall, cpu): (f64, f64)) -> String {
    format!(
        "| {name} | {output} | {:.1} | {:.1} | {wall:.1} | {:.1} | {:.1} | {cpu:.1} | {:.1} | {:.1} |\n",
        ours.wall * 1e3,
        theirs.wall * 1e3,
        ours.cpu * 1e3,
        theirs.cpu * 1e3,
        ours.peak_mib,
        theirs.peak_mib,
    )
}

/// The median of each figure.
pub(super) fn of_all(costs: &[Cost]) -> Cost {
    let of = |figure: fn(&Cost) -> f64| median(costs.iter().map(figure).collect());
    Cost {
        wall: of(|cost| cost.wall),
        cpu: of(|cost| cost.cpu),
        peak_mib: of(|cost| cost.peak_mib),
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(ours: f64, theirs: f64) -> Measured {
        let cost = |wall| Cost {
            wall,
            cpu: wall,
            peak_mib: 1.0,
        };
        Measured {
            name: "a case".to_owned(),
            output: 10,
            ours: vec![cost(ours)],
            theirs: vec![cost(theirs)],
        }
    }

    #[test]
    fn ratios_are_taken_case_by_case() {
        let table = compared(
            &[case(0.001, 0.002), case(0.01, 0.05), case(0.01, 0.08)],
            &[case(1.0, 3.0)],
        );
        assert!(
            table.contains("| median of 3 cases | 10 | 10.0 | 50.0 | 5.0 |"),
            "{table}"
        );
        assert!(
            table.contains("| a case | 10 | 1000.0 | 3000.0 | 3.0 |"),
            "{table}"
        );
    }
}
