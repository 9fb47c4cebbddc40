//! JSON with comments as serde reads it; every error has the place of what is wrong, and one error hides no other.

use crate::spelling::{self, quoted};
use jsonc_parser::ast::{Object, ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};
use rustc_hash::FxHashSet;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor};
use serde_spanned::de::{SpannedDeserializer, is_spanned};
use std::fmt::{self, Display};
use std::ops::Range;
use std::slice;

/// More errors than this are not looked for in one text.
pub const MAX_ERRORS: usize = 20;

/// What is wrong, and the byte offset at which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// None while the error is on its way to the value around it.
    at: Option<usize>,
    pub message: String,
    /// Something is missing, perhaps since it was wrong and has been told already.
    is_gap: bool,
    /// The start of the value that has to be left out with it, if that is not what stands at the place itself.
    within: Option<usize>,
}

impl Error {
    /// The byte offset.
    pub fn offset(&self) -> usize {
        self.at.unwrap_or_default()
    }

    fn new(message: impl Into<String>) -> Self {
        Self { at: None, message: message.into(), is_gap: false, within: None }
    }

    /// The innermost place stays.
    fn or_at(mut self, offset: usize) -> Self {
        self.at.get_or_insert(offset);
        self
    }
}

/// What other linters call keys and levels of ours.
const ELSEWHERE: [(&str, &str); 6] = [
    ("warning", "warn"),
    ("ignorePatterns", "ignore"),
    ("ignores", "ignore"),
    ("exclude", "ignore"),
    ("include", "kinds"),
    ("linter", "rules"),
];

/// What was meant, if anything is near.
fn meant<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let elsewhere = ELSEWHERE.iter().find(|(theirs, _)| *theirs == key).map(|(_, ours)| *ours);
    let elsewhere = known.iter().copied().find(|known| Some(*known) == elsewhere);
    elsewhere.or_else(|| spelling::nearest(key, known.iter().copied()))
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
            "a boolean" => "true or false".to_owned(),
            "a sequence" => "an array".to_owned(),
            "a map" => "an object".to_owned(),
            other => other.to_owned(),
        };
        Self::new(format!("this is {}; it should be {wanted}", words(found)))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        let hint = meant(key, known).map(|near| format!("; did you mean `{near}`?"));
        Self::new(format!("there is no key {} here{}", quoted(key), hint.unwrap_or_default()))
    }

    fn unknown_variant(value: &str, known: &'static [&'static str]) -> Self {
        Self::new(none_of(value, known))
    }

    fn missing_field(key: &'static str) -> Self {
        Self { is_gap: true, ..Self::new(format!("the key `{key}` is missing")) }
    }
}

/// That a value is none of those that are known, with the nearest one.
pub fn none_of(value: &str, known: &[&str]) -> String {
    let hint = meant(value, known).map(|near| format!("; did you mean `{near}`?"));
    format!("{} is none of {}{}", quoted(value), known.join(", "), hint.unwrap_or_default())
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

/// Parses a text: JSON, with comments and trailing commas.
///
/// # Errors
/// Broken JSON, no value at all, or more brackets within each other than the parser follows (512).
pub fn parse(text: &str) -> Result<Value<'_>, Error> {
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
    parsed.value.ok_or_else(|| Error::new("this is no JSON: the file is empty"))
}

/// The value of a key of an object.
pub fn member<'v, 't>(value: &'v mut Value<'t>, key: &str) -> Option<&'v mut Value<'t>> {
    let Value::Object(object) = value else {
        return None;
    };
    object.properties.iter_mut().find(|property| name_of(property) == key).map(|property| &mut property.value)
}

/// Reads a value as `T`, and says all that is not as `T` wants it: what is wrong is told, taken out, and the rest read
/// again. What could be read comes with the errors, if anything could.
pub fn read<T: DeserializeOwned>(value: &mut Value<'_>) -> (Option<T>, Vec<Error>) {
    let mut errors = Vec::new();
    let mut taken: Vec<usize> = Vec::new();
    loop {
        let error = match T::deserialize(Node(value)) {
            Ok(read) => return (Some(read), errors),
            Err(error) => error,
        };
        let at = error.offset();
        let cut = prune(value, error.within.unwrap_or(at));
        let explained = |range: &Range<usize>| taken.iter().any(|taken| range.contains(taken));
        if !error.is_gap || !cut.as_ref().is_some_and(explained) {
            errors.push(error);
        }
        if cut.is_none() || errors.len() >= MAX_ERRORS {
            return (None, errors);
        }
        taken.push(at);
    }
}

/// Takes the innermost property or element around an offset out of a value, and says where it stood.
fn prune(value: &mut Value<'_>, at: usize) -> Option<Range<usize>> {
    match value {
        Value::Object(object) => {
            let index = object.properties.iter().position(|property| holds(property, at))?;
            prune(&mut object.properties[index].value, at)
                .or_else(|| Some(range(&object.properties.remove(index))))
        }
        Value::Array(array) => {
            let index = array.elements.iter().position(|element| holds(element, at))?;
            prune(&mut array.elements[index], at).or_else(|| Some(range(&array.elements.remove(index))))
        }
        _ => None,
    }
}

fn holds(node: &impl Ranged, at: usize) -> bool {
    range(node).contains(&at)
}

fn range(node: &impl Ranged) -> Range<usize> {
    let range = node.range();
    range.start..range.end
}

fn name_of<'p>(property: &'p ObjectProp<'_>) -> &'p str {
    match &property.name {
        ObjectPropName::String(text) => &text.value,
        ObjectPropName::Word(word) => word.value,
    }
}

fn lower(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// A value on its way to serde.
struct Node<'v, 't>(&'v Value<'t>);

impl Node<'_, '_> {
    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let at = self.0.start();
        let visited = match self.0 {
            Value::StringLit(text) => visitor.visit_str(&text.value),
            Value::BooleanLit(flag) => visitor.visit_bool(flag.value),
            Value::NullKeyword(_) => visitor.visit_unit(),
            Value::NumberLit(number) => match number.value.parse::<u64>() {
                Ok(whole) => visitor.visit_u64(whole),
                Err(_) => Err(Error::new("this is no whole number that is 0 or more")),
            },
            Value::Array(array) => visitor.visit_seq(Items(array.elements.iter())),
            Value::Object(object) => visitor.visit_map(Entries::new(object)),
        };
        visited.map_err(|error| error.or_at(at))
    }
}

impl<'de> IntoDeserializer<'de, Error> for Node<'_, '_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> de::Deserializer<'de> for Node<'_, '_> {
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
                .visit_enum(IntoDeserializer::<Error>::into_deserializer(&*text.value))
                .map_err(|error| error.or_at(at)),
            _ => Err(Error::new("this should be a string").or_at(at)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        let at = self.0.start();
        self.visit(visitor).map_err(|mut error| {
            // Without one of its elements the others would stand in the wrong places.
            error.within.get_or_insert(at);
            error
        })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple_struct map identifier ignored_any
    }
}

/// The elements of an array.
struct Items<'v, 't>(slice::Iter<'v, Value<'t>>);

impl<'de> de::SeqAccess<'de> for Items<'_, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.next().map(|value| seed.deserialize(Node(value))).transpose()
    }
}

/// The properties of an object.
struct Entries<'v, 't> {
    rest: slice::Iter<'v, ObjectProp<'t>>,
    value: Option<&'v Value<'t>>,
    seen: FxHashSet<&'v str>,
}

impl<'v, 't> Entries<'v, 't> {
    fn new(object: &'v Object<'t>) -> Self {
        Self { rest: object.properties.iter(), value: None, seen: FxHashSet::default() }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'_, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(property) = self.rest.next() else {
            return Ok(None);
        };
        let Range { start, end } = range(&property.name);
        let name = name_of(property);
        if !self.seen.insert(name) {
            return Err(Error::new(format!("a second key {}", quoted(name))).or_at(start));
        }
        self.value = Some(&property.value);
        let key = Key { name: name.to_owned(), start, end };
        seed.deserialize(key).map(Some).map_err(|error| error.or_at(start))
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
