//! The wire: generated code for proto/ and conversions to domain types.
