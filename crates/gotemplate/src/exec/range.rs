//! Executes `range`.

use super::Operand;
use super::state::{Executed, State};
use super::walk::Flow;
use crate::fmt;
use crate::parse::node::Branch;
use crate::value::Value;

impl<'s> State<'s> {
    pub(super) fn range(&mut self, dot: &Operand, branch: &'s Branch) -> Executed<Flow> {
        self.at(branch);
        let declared = self.variable_count();
        let ran = self.iterate(dot, branch)?;
        if !ran && let Some(otherwise) = &branch.otherwise {
            let flow = self.block(dot, otherwise)?;
            self.forget_variables(declared);
            // a continue in `else` belongs to the loop around, a break ends only this one, as in Go
            return Ok(if flow == Flow::Continue {
                Flow::Continue
            } else {
                Flow::Next
            });
        }
        self.forget_variables(declared);
        Ok(Flow::Next)
    }

    /// Whether there was anything to iterate over.
    fn iterate(&mut self, dot: &Operand, branch: &'s Branch) -> Executed<bool> {
        let subject = self.pipeline(dot, &branch.pipe)?.value;
        let mut turns = Turns {
            branch,
            declared: self.variable_count(),
            ran: false,
        };
        match subject {
            Value::Nil => {}
            Value::Int(_) | Value::Int64(_) | Value::Uint8(_) | Value::Uint64(_) => {
                self.count_up(&subject, &mut turns)?;
            }
            Value::List(list) => {
                let element = list.element();
                for (at, item) in list.items().iter().enumerate() {
                    let item = Operand::element(element, item.clone());
                    if self.turn(&mut turns, Value::Int(at as i64).into(), &item)? {
                        break;
                    }
                }
            }
            Value::Bytes(bytes) => {
                for (at, byte) in bytes.iter().enumerate() {
                    if self.turn(
                        &mut turns,
                        Value::Int(at as i64).into(),
                        &Value::Uint8(*byte).into(),
                    )? {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                let element = map.element();
                for (key, value) in map.entries() {
                    let value = Operand::element(element, value);
                    if self.turn(&mut turns, Value::Str(key).into(), &value)? {
                        break;
                    }
                }
            }
            other => {
                let shown = fmt::shown(&self.context, &other);
                return Err(self.error_quoting(format!("range can't iterate over {shown}")));
            }
        }
        Ok(turns.ran)
    }

    fn count_up(&mut self, subject: &Value, turns: &mut Turns<'s>) -> Executed<()> {
        if turns.branch.pipe.variables.len() > 1 {
            let shown = fmt::shown(&self.context, subject);
            return Err(self.error_quoting(format!(
                "can't use {shown} to iterate over more than one variable"
            )));
        }
        let numbered = |at: u64| match subject {
            Value::Int64(_) => Value::Int64(at as i64),
            Value::Uint8(_) => Value::Uint8(at as u8),
            Value::Uint64(_) => Value::Uint64(at),
            _ => Value::Int(at as i64),
        };
        let end = match subject {
            Value::Int(end) | Value::Int64(end) => (*end).max(0) as u64,
            Value::Uint8(end) => u64::from(*end),
            Value::Uint64(end) => *end,
            _ => 0,
        };
        for at in 0..end {
            if self.turn(turns, Operand::absent(), &numbered(at).into())? {
                break;
            }
        }
        Ok(())
    }

    /// One turn of the loop; true means that it was the last.
    fn turn(&mut self, turns: &mut Turns<'s>, index: Operand, item: &Operand) -> Executed<bool> {
        turns.ran = true;
        self.step()?;
        let pipe = &turns.branch.pipe;
        match (&*pipe.variables, pipe.assigns) {
            ([], _) => {}
            ([name], true) => self.assign(name, item.clone())?,
            ([first, second, ..], true) => {
                self.assign(first, index)?;
                self.assign(second, item.clone())?;
            }
            ([_], false) => self.set_top(1, item.clone()),
            ([_, _, ..], false) => {
                self.set_top(1, item.clone());
                self.set_top(2, index);
            }
        }
        let flow = self.block(item, &turns.branch.body)?;
        self.forget_variables(turns.declared);
        Ok(flow == Flow::Break)
    }
}

/// The turns of one loop.
struct Turns<'s> {
    branch: &'s Branch,
    declared: usize,
    ran: bool,
}
