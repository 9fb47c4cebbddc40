//! How long the holder lives, by the resolved binding of the receiver's root, never by its text.

use super::Facts;
use super::owner::Owner;
use super::places::{PlaceId, Root};
use super::repetition::Level;
use crate::ast::Atom;
use crate::semantic::*;

/// How many calls of one chain are followed to the emitter in front of them.
const MAX_CHAIN: usize = 64;

/// How many mentions of a parameter are looked at for the field that it fills.
const MAX_MENTIONS: usize = 256;

/// How long a holder lives, seen from the owner of what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Longer than the owner: the program, the page, the module, an outer activation.
    Longer,
    /// No longer than the owner.
    Same,
    /// Given from outside: a parameter, an injected field, the result of an unknown call.
    Unknown,
}

/// A holder and how we know.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    pub life: Life,
    /// In words: "`process` lives as long as the program".
    pub why: String,
    /// The heuristic this rests on, if it does.
    pub assumed: Option<&'static str>,
}

impl Holder {
    fn new(life: Life, why: impl Into<String>) -> Self {
        Self { life, why: why.into(), assumed: None }
    }
}

impl Facts<'_> {
    /// Judges the receiver of a call that stands in `site`.
    pub fn holder(&self, receiver: ExprId, owner: Owner, site: FnId) -> Holder {
        match self.places.of(receiver) {
            Some(place) => self.holder_place(place, owner, site),
            None => self.holder_value(receiver, owner, site),
        }
    }

    fn holder_value(&self, value: ExprId, owner: Owner, site: FnId) -> Holder {
        match self.tree.kind(value) {
            Kind::New { .. } => Holder::new(Life::Same, "the receiver is made right here"),
            Kind::Await(inner) => self.holder_value(*inner, owner, site),
            Kind::Call { callee, .. } => self.holder_call(value, *callee, owner, site),
            Kind::Binary { left, .. } => self.holder(*left, owner, site),
            // `renderer.listen('window', …)`, `$('body')`
            Kind::String(name) => match self.is_global_name(name) {
                true => Holder::new(Life::Longer, format!("`{name}` lives as long as the page")),
                false => Holder::new(Life::Unknown, "the receiver is looked up by its name"),
            },
            _ => Holder::new(Life::Unknown, "nothing is known of the receiver"),
        }
    }

    fn holder_call(&self, call: ExprId, callee: ExprId, owner: Owner, site: FnId) -> Holder {
        let Some(name) = self.callee_name(callee) else {
            return Holder::new(Life::Unknown, "the receiver is the result of a call");
        };
        if self.is_kept_by_page(call) {
            return kept_by_page(name);
        }
        if self.is_creator(call) {
            return Holder::new(Life::Same, format!("`{name}()` makes a new object here"));
        }
        if let Kind::Member { object, .. } = self.tree.kind(callee)
            && self.protocols.singletons.has(name)
            && self.is_module_level(*object)
        {
            return Holder::new(
                Life::Longer,
                format!("`{name}()` hands out one object that lives as long as its module"),
            );
        }
        // `emitter.on('a', f).on('b', g)`: an emitter's methods give the emitter back.
        if let Kind::Member { object, .. } = self.tree.kind(callee)
            && self.protocols.listener_methods.contains_key(name)
            && let Some(emitter) = self.chain_start(*object)
        {
            return self.holder(emitter, owner, site);
        }
        Holder::new(Life::Unknown, format!("the receiver is what `{name}()` returns"))
    }

    /// `emitter` of `emitter.on('a', f).on('b', g)`, unless the chain is endless.
    pub fn chain_start(&self, object: ExprId) -> Option<ExprId> {
        let next = |at: &ExprId| match self.tree.kind(*at) {
            Kind::Call { callee, .. } => match self.tree.kind(*callee) {
                Kind::Member { object, name } if self.protocols.listener_methods.contains_key(name) => {
                    Some(*object)
                }
                _ => None,
            },
            _ => None,
        };
        std::iter::successors(Some(object), next).take(MAX_CHAIN).find(|at| next(at).is_none())
    }

    /// `document.createElement`, `spawn`, `create*`: a new object for each call; or a function of this file
    /// that returns what it makes.
    pub fn is_creator(&self, call: ExprId) -> bool {
        let Some((callee, _)) = self.tree.call_parts(call) else {
            return false;
        };
        if matches!(self.tree.kind(call), Kind::New { .. }) {
            return true;
        }
        let Some(name) = self.callee_name(callee) else {
            return false;
        };
        if self.protocols.creators.has(name) {
            return true;
        }
        // They give back the node that they were given.
        if matches!(&**name, "appendChild" | "insertBefore") {
            let args = self.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
            return args.first().is_some_and(|node| {
                self.is_fresh(*node)
                    || self
                        .places
                        .of(*node)
                        .is_some_and(|at| self.values_at(at).iter().any(|v| self.is_fresh(*v)))
            });
        }
        // `this.#makeButton()`, `this._createList()`
        let plain = name.trim_start_matches(['#', '_']);
        if ["create", "make", "build"].iter().any(|verb| {
            plain.strip_prefix(*verb).is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase()))
        }) {
            return true;
        }
        self.targets(call).iter().any(|function| {
            let returns = &self.tree.function(*function).returns;
            !returns.is_empty() && returns.iter().all(|value| self.is_made(*value, *function))
        })
    }

    /// Whether a value is made by the function that returns it.
    fn is_made(&self, value: ExprId, function: FnId) -> bool {
        match self.tree.kind(value) {
            Kind::New { .. } | Kind::Object(_) | Kind::Array(_) => true,
            Kind::Await(inner) => self.is_made(*inner, function),
            _ => match self.places.of(value) {
                Some(place) => match self.places.root(place) {
                    Root::Binding(binding) if self.places.depth(place) == 0 => {
                        self.tree.scopes.function_of(*binding) == function
                            && self
                                .values_at(place)
                                .iter()
                                .any(|v| *v != value && matches!(self.tree.kind(*v), Kind::New { .. }))
                    }
                    _ => false,
                },
                None => false,
            },
        }
    }

    /// `matchMedia(q)`: as long as the list has a listener, the page keeps it.
    pub fn is_kept_by_page(&self, value: ExprId) -> bool {
        let callee = self.tree.call_parts(value).map(|(callee, _)| callee);
        callee
            .and_then(|callee| self.callee_name(callee))
            .is_some_and(|name| self.protocols.kept_by_page.has(name))
    }

    fn is_module_level(&self, expr: ExprId) -> bool {
        self.places.of(expr).is_some_and(|place| match self.places.root(place) {
            Root::Binding(binding) => self.tree.scopes.function_of(*binding) == MODULE,
            Root::Global(_) => true,
            _ => false,
        })
    }

    fn holder_place(&self, place: PlaceId, owner: Owner, site: FnId) -> Holder {
        let text = self.places.text(self.tree, place);
        if self.values_at(place).iter().any(|value| self.is_kept_by_page(*value)) {
            return kept_by_page(&text);
        }
        if let Some(holder) = self.holder_rendered(place, owner, &text) {
            return holder;
        }
        if let Some(Segment::Named(name)) = self.places.segment(place)
            && self.protocols.passing_members.has(name)
        {
            return Holder::new(Life::Same, format!("`{text}` is another object each time, and passes"));
        }
        match self.places.root(place).clone() {
            Root::Global(name) => self.holder_global(place, &name, &text),
            Root::Binding(binding) => self.holder_binding(place, binding, owner, site, &text),
            Root::This(class) => self.holder_field(place, class, owner, &text),
            Root::UnknownThis(_) => Holder::new(Life::Unknown, "nothing is known of this function's `this`"),
        }
    }

    fn holder_global(&self, place: PlaceId, name: &str, text: &str) -> Holder {
        let long = match self.places.depth(place) {
            0 => self.protocols.globals.has(&name.into()),
            _ => self.protocols.global_members.has(&text.into()),
        };
        if long
            || self.protocols.global_members.has(&text.into())
            || self.protocols.namespaces.has(&name.into())
        {
            let whose = if name == "process" { "program" } else { "page" };
            return Holder::new(Life::Longer, format!("`{text}` lives as long as the {whose}"));
        }
        Holder::new(Life::Unknown, format!("`{text}` is a global that leaklint does not know"))
    }

    fn holder_binding(
        &self,
        place: PlaceId,
        binding: BindingId,
        owner: Owner,
        site: FnId,
        text: &str,
    ) -> Holder {
        let entry = self.tree.scopes.binding(binding);
        match entry.kind {
            BindingKind::Import { .. } => self.holder_import(place, text),
            BindingKind::Parameter { .. } if self.is_kept_alive(place) => Holder {
                life: Life::Longer,
                why: format!("`{text}` stays open for further requests"),
                assumed: Some("that clients send many requests over one connection"),
            },
            BindingKind::Parameter { .. } if self.is_lent_connection(place) => Holder {
                life: Life::Longer,
                why: format!("`{text}` is a connection that serves one request after the other"),
                assumed: Some("that the connection is kept alive for further requests"),
            },
            BindingKind::Parameter { function, index } => {
                self.holder_parameter(function, index as usize, text)
            }
            BindingKind::Class => {
                Holder::new(Life::Longer, format!("the static field `{text}` lives as long as its class"))
            }
            _ => self.holder_variable(place, binding, owner, site, text),
        }
    }

    fn holder_import(&self, place: PlaceId, text: &str) -> Holder {
        let whose = self.places.uses(place).first();
        let is_process =
            whose.is_some_and(|at| super::paths::path_of(self.tree, *at).as_deref() == Some("process"));
        let what = if is_process { "program" } else { "module that exports it" };
        Holder::new(Life::Longer, format!("the imported `{text}` lives as long as the {what}"))
    }

    fn holder_parameter(&self, function: FnId, index: usize, text: &str) -> Holder {
        let param = self.tree.function(function).params.get(index);
        if param.is_some_and(|p| p.decorators.iter().any(|decorator| self.is_injected_global(*decorator))) {
            return injected(text);
        }
        let default = param.and_then(|p| p.default);
        if let Some(default) = default.and_then(|default| self.places.of(default))
            && let Root::Global(name) = self.places.root(default)
            && self.protocols.globals.has(name)
        {
            return Holder {
                life: Life::Longer,
                why: format!("`{text}` is `{name}` unless the caller says otherwise"),
                assumed: Some("the default of the parameter is what callers use"),
            };
        }
        let entry = self.tree.function(function);
        let param = entry.params.get(index).and_then(|param| param.binding);
        let place = param.and_then(|binding| self.place_of_binding(binding));
        place
            .filter(|_| entry.kind == FnKind::Constructor)
            .and_then(|place| self.injected_by_type(place, text))
            .unwrap_or_else(|| Holder::new(Life::Unknown, format!("`{text}` comes from the caller")))
    }

    fn holder_variable(
        &self,
        place: PlaceId,
        binding: BindingId,
        owner: Owner,
        site: FnId,
        text: &str,
    ) -> Holder {
        let home = self.tree.scopes.function_of(binding);
        // `const bus = require('./bus')`, wherever it stands.
        let entry = self.tree.scopes.binding(binding);
        if entry.writes == 0
            && let Some(init) = entry.init
            && super::paths::path_of(self.tree, init).is_some_and(|path| !path.starts_with("global."))
        {
            return self.holder_import(place, text);
        }
        let values = self.values_at(self.places.at_root(&Root::Binding(binding)).unwrap_or(place));
        if self.places.depth(place) == 0 && values.iter().any(|value| self.is_injected_global(*value)) {
            return injected(text);
        }
        // A variable that this very function fills anew holds a new object each time.
        let made_here = values.iter().any(|value| {
            self.tree.is_within(site, self.tree.expr(*value).function)
                && self.is_fresh(*value)
                && self.tree.expr(*value).function != MODULE
        });
        if self.places.depth(place) > 0 && made_here {
            return Holder::new(Life::Unknown, format!("`{text}` belongs to an object made here"));
        }
        if made_here && !self.outlives(home, values, owner, site) {
            return Holder::new(Life::Same, format!("`{text}` is made by the code that uses it"));
        }
        if home == MODULE {
            let written = self.tree.scopes.binding(binding).writes > 0;
            return match written {
                false => Holder::new(Life::Longer, format!("`{text}` lives as long as its module")),
                true => Holder::new(Life::Unknown, format!("`{text}` is filled elsewhere")),
            };
        }
        if made_here {
            return Holder::new(
                Life::Longer,
                format!("`{text}` is made once, outside the code that runs again and again"),
            );
        }
        self.holder_of_hook(place, binding, owner, text)
            .unwrap_or_else(|| Holder::new(Life::Unknown, format!("nothing shows how long `{text}` lives")))
    }

    /// `const em = new EventEmitter(); server.on('connection', s => em.on('x', …))`: the emitter is made in an
    /// outer activation, and a repeated function stands between.
    fn outlives(&self, _home: FnId, values: &[ExprId], owner: Owner, site: FnId) -> bool {
        let Some(made) = values.iter().find(|value| self.is_fresh(**value)) else {
            return false;
        };
        let maker = self.tree.expr(*made).function;
        if maker == site || !matches!(owner, Owner::Call(_)) {
            return false;
        }
        self.tree.enclosing(site).take_while(|at| *at != maker).any(|at| self.is_repeated_within(at))
    }

    /// Whether a nested function is itself a handler, whatever the function around it is.
    fn is_repeated_within(&self, function: FnId) -> bool {
        use super::repetition::Why;
        let repetition = self.repetition(function);
        repetition.level == Level::Repeated
            && matches!(
                repetition.why,
                Why::Handler(_) | Why::JsxHandler | Why::CalledBack(..) | Why::Effect(..)
            )
    }

    fn is_fresh(&self, value: ExprId) -> bool {
        match self.tree.kind(value) {
            Kind::New { .. } => true,
            Kind::Call { .. } => self.is_creator(value),
            Kind::Await(inner) => self.is_fresh(*inner),
            Kind::Binary { left, right, .. } => self.is_fresh(*right) || self.is_fresh(*left),
            Kind::Assign { value, .. } => self.is_fresh(*value),
            Kind::Conditional { yes, no, .. } => self.is_fresh(*yes) || self.is_fresh(*no),
            _ => false,
        }
    }

    fn holder_field(&self, place: PlaceId, class: ClassId, owner: Owner, text: &str) -> Holder {
        if self.places.depth(place) == 0 {
            return Holder::new(Life::Same, "an object's listeners on itself die with it");
        }
        let field = self.places.ancestors(place).find(|at| self.places.depth(*at) == 1).unwrap_or(place);
        let deep = self.places.depth(place) > 1;
        if let Some(holder) = self.holder_installed(place, class, text) {
            return holder;
        }
        let values = self.values_at(field);
        if self.is_own_part(field, class) {
            return match self.leads_out(place) {
                true => Holder::new(Life::Unknown, format!("`{text}` leads out of the object")),
                false => {
                    Holder::new(Life::Same, format!("`{text}` is a part of the object and dies with it"))
                }
            };
        }
        if self.filled_by_token(field, class) && (!deep || self.is_member_of_page(place, field)) {
            return injected(text);
        }
        let own = values.iter().any(|value| self.is_fresh(*value));
        let same = Owner::Class(class) == owner;
        if own && same {
            return Holder::new(Life::Same, format!("`{text}` is made by this class and dies with it"));
        }
        // `constructor(private target = window)`
        if let (false, Some(default)) = (deep, self.field_default(field, class))
            && let Some(name) = self.global_value(default)
        {
            return Holder {
                life: Life::Longer,
                why: format!("`{text}` is `{name}` unless the caller says otherwise"),
                assumed: Some("the default of the parameter is what callers use"),
            };
        }
        // `this.target = target || window`
        for value in values {
            let holder = self.global_value(*value);
            if let (false, Some(name)) = (deep, holder) {
                return Holder::new(
                    Life::Longer,
                    format!("`{text}` is `{name}`, which lives as long as the page"),
                );
            }
        }
        // `this.bus = bus`, where `bus` is a constant of the module.
        if let ([only], false) = (values, deep)
            && let Some(value) = self.places.of(*only)
            && self.is_of_module(value)
        {
            return Holder::new(Life::Longer, format!("`{text}` lives as long as its module"));
        }
        if self.is_imported(field) {
            return Holder::new(
                Life::Longer,
                format!("`{text}` is imported, and lives as long as its module"),
            );
        }
        self.injected_by_type(field, text)
            .unwrap_or_else(|| Holder::new(Life::Unknown, format!("`{text}` is given from outside")))
    }

    /// A binding of the module that nothing writes again.
    fn is_of_module(&self, place: PlaceId) -> bool {
        let Root::Binding(binding) = self.places.root(place) else {
            return false;
        };
        let entry = self.tree.scopes.binding(*binding);
        self.places.depth(place) == 0
            && (matches!(entry.kind, BindingKind::Import { .. })
                || entry.writes == 0 && self.tree.scopes.function_of(*binding) == MODULE)
    }

    /// `this.document.body` of an injected document.
    fn is_member_of_page(&self, place: PlaceId, field: PlaceId) -> bool {
        self.places.parent(place) == Some(field)
            && matches!(self.places.segment(place), Some(Segment::Named(name))
                if self.protocols.global_members.has(&format!("document.{name}").into()))
    }

    /// The default of the constructor's parameter that fills a field.
    fn field_default(&self, field: PlaceId, class: ClassId) -> Option<ExprId> {
        let mut params = self.classes.get(class).constructors.iter().flat_map(|constructor| {
            self.tree.function(*constructor).params.iter().filter(|param| param.default.is_some())
        });
        let found = params.find(|param| {
            param.binding.is_some_and(|binding| {
                let mut refs = self.tree.scopes.binding(binding).refs.iter().take(MAX_MENTIONS);
                refs.any(|reference| {
                    self.places.of(self.tree.scopes.reference(*reference).expr) == Some(field)
                }) || self.is_parameter_property(class, binding, field)
            })
        })?;
        found.default
    }

    fn is_parameter_property(&self, class: ClassId, binding: BindingId, field: PlaceId) -> bool {
        let entry = self.tree.classes.get(class.index()).zip(self.places.last_name(field));
        entry.is_some_and(|(entry, name)| {
            entry.named(name).any(|member| member.kind == MemberKind::ParameterProperty(binding))
        })
    }

    fn is_global_name(&self, name: &Atom) -> bool {
        self.protocols.globals.has(name)
            || self.protocols.global_members.has(&format!("document.{name}").into())
    }

    fn global_value(&self, value: ExprId) -> Option<String> {
        let place = self.places.of(value)?;
        let Root::Global(name) = self.places.root(place) else {
            return None;
        };
        let text = self.places.text(self.tree, place);
        let long = self.places.depth(place) == 0 && self.protocols.globals.has(name)
            || self.protocols.global_members.has(&text.as_str().into());
        long.then_some(text)
    }
}

fn injected(text: &str) -> Holder {
    Holder::new(Life::Longer, format!("`{text}` is the page's own, injected: it lives as long as the page"))
}

fn kept_by_page(what: &str) -> Holder {
    Holder::new(Life::Longer, format!("the page keeps `{what}` as long as it has a listener"))
}
