//! Randomness, which comes from the environment of the render.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Called, Row, fail};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::text::rune;
use crate::value::{Type, Value};

const COUNT: Signature = Signature::new(&[Type::Int]);

pub(super) const TABLE: &[Row] = &[
    ("randAlphaNum", COUNT, |context, args| {
        letters(
            context,
            args,
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        )
    }),
    ("randAlpha", COUNT, |context, args| {
        letters(
            context,
            args,
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        )
    }),
    ("randNumeric", COUNT, |context, args| {
        letters(context, args, b"0123456789")
    }),
    ("randAscii", COUNT, |context, args| {
        let printable: Vec<u8> = (b' '..b'\x7f').collect();
        letters(context, args, &printable)
    }),
    ("randBytes", COUNT, rand_bytes),
    ("randInt", Signature::new(&[Type::Int, Type::Int]), rand_int),
    ("shuffle", Signature::new(&[Type::String]), shuffle),
    ("uuidv4", Signature::new(&[]), uuidv4),
    (
        "getHostByName",
        Signature::new(&[Type::String]),
        |context, args| {
            let address = context.environment().host_address(&args.str(0).to_text());
            Ok(address.unwrap_or_default().into())
        },
    ),
    ("env", Signature::new(&[Type::String]), |context, args| {
        Ok(context
            .environment()
            .variable(&args.str(0).to_text())
            .unwrap_or_default()
            .into())
    }),
    ("expandenv", Signature::new(&[Type::String]), |context, args| {
        Ok(expand(context, &args.str(0).to_text()).into())
    }),
];

/// A number below a bound, each as likely.
fn below(context: &Context<'_>, bound: u64) -> u64 {
    let fair = u64::MAX - u64::MAX % bound.max(1);
    loop {
        let mut bytes = [0; 8];
        context.environment().fill_random(&mut bytes);
        let number = u64::from_le_bytes(bytes);
        if number < fair {
            return number % bound.max(1);
        }
    }
}

fn letters(context: &Context<'_>, args: &Args, alphabet: &[u8]) -> Called {
    let count = usize::try_from(args.int(0)).unwrap_or(0);
    context.spend(count)?;
    context.allocate(count)?;
    let pick = |_| alphabet[below(context, alphabet.len() as u64) as usize];
    Ok(Value::Str((0..count).map(pick).collect::<Vec<u8>>().into()))
}

fn rand_bytes(context: &Context<'_>, args: &Args) -> Called {
    let Ok(count) = usize::try_from(args.int(0)) else {
        return fail("runtime error: makeslice: len out of range");
    };
    context.allocate(count)?;
    let mut bytes = vec![0; count];
    context.environment().fill_random(&mut bytes);
    Ok(STANDARD.encode(bytes).into())
}

fn rand_int(context: &Context<'_>, args: &Args) -> Called {
    let (min, max) = (args.int(0), args.int(1));
    match u64::try_from(max.wrapping_sub(min)) {
        Ok(width) if width > 0 => Ok(Value::Int(min.wrapping_add(below(context, width) as i64))),
        _ => fail("invalid argument to Intn"),
    }
}

fn shuffle(context: &Context<'_>, args: &Args) -> Called {
    let mut runes: Vec<char> = rune::runes(args.str(0)).map(|(_, rune, _)| rune).collect();
    context.spend(runes.len())?;
    for at in (1..runes.len()).rev() {
        runes.swap(at, below(context, at as u64 + 1) as usize);
    }
    Ok(runes.into_iter().collect::<String>().into())
}

fn uuidv4(context: &Context<'_>, _: &Args) -> Called {
    let mut bytes = [0; 16];
    context.environment().fill_random(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    Ok(parts.join("-").into())
}

/// `os.Expand`: `$name` and `${name}`.
fn expand(context: &Context<'_>, text: &str) -> String {
    let value = |name: &str| context.environment().variable(name).unwrap_or_default();
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let end = after.find(word).unwrap_or(after.len());
        rest = match braced {
            Some((name, rest)) => {
                out.push_str(&value(name));
                rest
            }
            None if end == 0 => {
                out.push('$');
                after
            }
            None => {
                out.push_str(&value(&after[..end]));
                &after[end..]
            }
        };
    }
    out + rest
}
