//! XML 1.0 by a library's writer; characters that XML has no way to write are replaced before.

use super::text::safe;
use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

/// A document that is being written. Writing to memory does not fail.
pub(super) struct Document(Writer<Vec<u8>>);

impl Document {
    /// Begins with the declaration.
    pub(super) fn new() -> Self {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        Self(writer)
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let _ = self.0.write_event(Event::Start(element(name, attributes)));
    }

    /// Closes the innermost element, which has this name.
    pub(super) fn close(&mut self, name: &str) {
        let _ = self.0.write_event(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let _ = self.0.write_event(Event::Empty(element(name, attributes)));
    }

    /// An element that holds a text.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        let text = unforgeable(&quick_xml::escape::escape(writable(text)));
        let _ = self.0.write_event(Event::Text(BytesText::from_escaped(text)));
        self.close(name);
    }

    /// The whole document, with a final line end.
    pub(super) fn finish(self) -> String {
        let mut text = String::from_utf8(self.0.into_inner()).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn element<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        let value = writable(value);
        let value =
            unforgeable(&quick_xml::escape::escape(&value)).replace('\t', "&#9;").replace('\n', "&#10;");
        element.push_attribute(Attribute { key: QName(key), value: value.into() });
    }
    element
}

/// Without characters that may not stand in XML at all, nor those that reorder text.
fn writable(text: &str) -> String {
    safe(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// No line that a build server obeys, when the document goes to a log.
fn unforgeable(escaped: &str) -> String {
    let escaped = escaped.replace("::", ":&#58;");
    super::text::replace_commands(escaped, "&#35;")
}
