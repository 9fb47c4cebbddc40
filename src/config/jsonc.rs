//! JSON with comments as serde reads it; every error has the place of what is wrong.

use crate::spelling;
use jsonc_parser::ast::{Object, ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor};
use serde_spanned::de::{SpannedDeserializer, is_spanned};
use std::fmt::{self, Display};
use std::vec;

/// What is wrong, and the byte offset at which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// None while the error is on its way to the value around it.
    at: Option<usize>,
    pub message: String,
}

impl Error {
    /// The byte offset.
    pub fn offset(&self) -> usize {
        self.at.unwrap_or_default()
    }

    fn new(message: impl Into<String>) -> Self {
        Self { at: None, message: message.into() }
    }

    /// The innermost place stays.
    fn or_at(mut self, offset: usize) -> Self {
        self.at.get_or_insert(offset);
        self
    }
}

impl Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Self {
        let wanted = match wanted.to_string().as_str() {
            "u32" | "u64" => "a whole number".to_owned(),
            "a sequence" => "an array".to_owned(),
            "a map" => "an object".to_owned(),
            other => other.to_owned(),
        };
        Self::new(format!("this is {}; it should be {wanted}", words(found)))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        let hint =
            spelling::nearest(key, known.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
        Self::new(format!("there is no key `{key}` here{}", hint.unwrap_or_default()))
    }

    fn unknown_variant(value: &str, known: &'static [&'static str]) -> Self {
        Self::new(format!("`{value}` is none of {}", known.join(", ")))
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(format!("the key `{key}` is missing"))
    }
}

fn words(found: de::Unexpected<'_>) -> String {
    match found {
        de::Unexpected::Str(_) => "a string".to_owned(),
        de::Unexpected::Bool(_) => "a boolean".to_owned(),
        de::Unexpected::Unsigned(_) | de::Unexpected::Signed(_) | de::Unexpected::Float(_) => {
            "a number".to_owned()
        }
        de::Unexpected::Unit => "null".to_owned(),
        de::Unexpected::Seq => "an array".to_owned(),
        de::Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// Reads a text: JSON, with comments and trailing commas.
///
/// # Errors
/// Broken JSON, or what is not as `T` wants it.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let strict = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &strict).map_err(|error| {
        let message = error.kind().to_string();
        Error::new(format!("this is no JSON: {}", lower(&message))).or_at(error.range().start)
    })?;
    let value = parsed.value.ok_or_else(|| Error::new("this is no JSON: the file is empty"))?;
    T::deserialize(Node(value))
}

fn lower(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// A value on its way to serde.
struct Node<'t>(Value<'t>);

impl<'t> Node<'t> {
    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let at = self.0.start();
        let visited = match self.0 {
            Value::StringLit(text) => visitor.visit_string(text.value.into_owned()),
            Value::BooleanLit(flag) => visitor.visit_bool(flag.value),
            Value::NullKeyword(_) => visitor.visit_unit(),
            Value::NumberLit(number) => match number.value.parse::<u64>() {
                Ok(whole) => visitor.visit_u64(whole),
                Err(_) => Err(Error::new("this is no whole number that is 0 or more")),
            },
            Value::Array(array) => visitor.visit_seq(Items(array.elements.into_iter())),
            Value::Object(object) => visitor.visit_map(Entries::new(object)),
        };
        visited.map_err(|error| error.or_at(at))
    }
}

impl<'de> IntoDeserializer<'de, Error> for Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> de::Deserializer<'de> for Node<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if is_spanned(name) {
            let range = self.0.range();
            return visitor.visit_map(SpannedDeserializer::new(self, range.start..range.end));
        }
        match self.0 {
            Value::Object(_) => self.visit(visitor),
            // serde would take the elements of an array for the fields of a struct.
            other => {
                let wanted = Error::new("this should be an object");
                Err(wanted.or_at(other.start()))
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let at = self.0.start();
        match self.0 {
            Value::StringLit(text) => visitor
                .visit_enum(IntoDeserializer::<Error>::into_deserializer(text.value.into_owned()))
                .map_err(|error| error.or_at(at)),
            _ => Err(Error::new("this should be a string").or_at(at)),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// The elements of an array.
struct Items<'t>(vec::IntoIter<Value<'t>>);

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.next().map(|value| seed.deserialize(Node(value))).transpose()
    }
}

/// The properties of an object.
struct Entries<'t> {
    rest: vec::IntoIter<ObjectProp<'t>>,
    value: Option<Value<'t>>,
    seen: Vec<String>,
}

impl<'t> Entries<'t> {
    fn new(object: Object<'t>) -> Self {
        Self { rest: object.properties.into_iter(), value: None, seen: Vec::new() }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(property) = self.rest.next() else {
            return Ok(None);
        };
        let range = property.name.range();
        let name = match property.name {
            ObjectPropName::String(text) => text.value.into_owned(),
            ObjectPropName::Word(word) => word.value.to_owned(),
        };
        if self.seen.contains(&name) {
            return Err(Error::new(format!("a second key `{name}`")).or_at(range.start));
        }
        self.value = Some(property.value);
        self.seen.push(name.clone());
        let key = Key { name, start: range.start, end: range.end };
        seed.deserialize(key).map(Some).map_err(|error| error.or_at(range.start))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::new("a value without a key"))?;
        seed.deserialize(Node(value))
    }
}

/// A key, perhaps asked for with its place.
struct Key {
    name: String,
    start: usize,
    end: usize,
}

impl<'de> de::Deserializer<'de> for Key {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.name)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if is_spanned(name) {
            return visitor.visit_map(SpannedDeserializer::new(self.name, self.start..self.end));
        }
        visitor.visit_string(self.name)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map identifier ignored_any option enum
    }
}
