//! Imports, exports, TypeScript namespaces.

use super::super::scope::{BindingKind, Imported, ScopeKind};
use super::super::tree::*;
use super::Lower;
use crate::ast::{
    Atom, Decl, DefaultDecl, ExportSpecifier, ImportSpecifier, Module, ModuleDecl, ModuleExportName,
    ModuleItem, Pat, Str, TsModuleDecl, TsModuleRef, TsNamespaceBody, span_of, string_value,
};

impl Lower {
    pub(super) fn module(&mut self, module: &Module) {
        self.tree.is_module = module.body.iter().any(|item| matches!(item, ModuleItem::ModuleDecl(_)));
        self.items(&module.body);
    }

    fn items(&mut self, items: &[ModuleItem]) {
        for item in items {
            match item {
                ModuleItem::Stmt(stmt) => self.hoist(std::slice::from_ref(stmt)),
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => {
                    if let Decl::Class(class) = &export.decl {
                        self.declare(&class.ident, BindingKind::Class);
                    }
                }
                ModuleItem::ModuleDecl(_) => {}
            }
        }
        for item in items {
            match item {
                ModuleItem::Stmt(stmt) => self.stmt(stmt),
                ModuleItem::ModuleDecl(decl) => self.module_decl(decl),
            }
        }
    }

    fn module_decl(&mut self, decl: &ModuleDecl) {
        self.tree.modules.extend(source_of(decl));
        match decl {
            // Imports of types too: an annotation may name them.
            ModuleDecl::Import(import) => {
                for specifier in &import.specifiers {
                    self.import(&import.src, specifier);
                }
            }
            ModuleDecl::ExportDecl(export) => {
                self.decl(&export.decl);
                self.export_decl(&export.decl);
            }
            ModuleDecl::ExportNamed(export) if export.src.is_none() => {
                for specifier in &export.specifiers {
                    if let ExportSpecifier::Named(named) = specifier
                        && let ModuleExportName::Ident(ident) = &named.orig
                    {
                        self.exported_names.push((self.scope, ident.sym.clone()));
                    }
                }
            }
            ModuleDecl::ExportDefaultDecl(export) => match &export.decl {
                DefaultDecl::Class(class) => match &class.ident {
                    Some(ident) => {
                        let binding = self.declare(ident, BindingKind::Class);
                        self.exported_names.push((self.scope, ident.sym.clone()));
                        let head = span_of(ident);
                        self.class(&class.class, Some(ident.sym.clone()), Some(binding), None, head);
                    }
                    None => {
                        self.class_expr(class, Up::Exported);
                    }
                },
                DefaultDecl::Fn(function) => match &function.ident {
                    Some(ident) if function.function.body.is_some() => {
                        let head = super::function::Head {
                            name: Some(ident.sym.clone()),
                            ..super::function::Head::of(
                                FnKind::Declaration,
                                &function.function,
                                span_of(ident),
                            )
                        };
                        let id = self.plain_function(head, &function.function);
                        let binding = self.declare(ident, BindingKind::Function(id));
                        self.tree.functions[id.index()].binding = Some(binding);
                        self.exported_names.push((self.scope, ident.sym.clone()));
                    }
                    Some(_) => {}
                    None => {
                        self.fn_expr(function, Up::Exported);
                    }
                },
                DefaultDecl::TsInterfaceDecl(_) => {}
            },
            ModuleDecl::ExportDefaultExpr(export) => {
                self.expr(&export.expr, Up::Exported);
            }
            ModuleDecl::TsExportAssignment(export) => {
                self.expr(&export.expr, Up::Exported);
            }
            ModuleDecl::TsImportEquals(import) => {
                if let TsModuleRef::TsExternalModuleRef(external) = &import.module_ref {
                    let module = module_name(&external.expr);
                    let kind = BindingKind::Import { module, name: Imported::Namespace };
                    self.declare(&import.id, kind);
                } else {
                    self.declare(&import.id, BindingKind::Namespace);
                }
            }
            _ => {}
        }
    }

    fn import(&mut self, src: &Str, specifier: &ImportSpecifier) {
        let module = module_name(src);
        let (local, name) = match specifier {
            ImportSpecifier::Default(default) => (&default.local, Imported::Default),
            ImportSpecifier::Namespace(namespace) => (&namespace.local, Imported::Namespace),
            ImportSpecifier::Named(named) => {
                let name = match &named.imported {
                    Some(ModuleExportName::Ident(ident)) => ident.sym.clone(),
                    Some(ModuleExportName::Str(text)) => string_value(&text.value).unwrap_or_default(),
                    None => named.local.sym.clone(),
                };
                (&named.local, Imported::Named(name))
            }
        };
        self.declare(local, BindingKind::Import { module, name });
    }

    fn export_decl(&mut self, decl: &Decl) {
        match decl {
            Decl::Class(class) => {
                self.exported_names.push((self.scope, class.ident.sym.clone()));
            }
            Decl::Fn(function) => {
                self.exported_names.push((self.scope, function.ident.sym.clone()));
            }
            Decl::Var(var) => {
                for declarator in &var.decls {
                    self.export_pattern(&declarator.name);
                }
            }
            _ => {}
        }
    }

    fn export_pattern(&mut self, pattern: &Pat) {
        use crate::ast::ObjectPatProp;
        match pattern {
            Pat::Ident(ident) => self.exported_names.push((self.scope, ident.id.sym.clone())),
            Pat::Array(array) => {
                for element in array.elems.iter().flatten() {
                    self.export_pattern(element);
                }
            }
            Pat::Object(object) => {
                for property in &object.props {
                    match property {
                        ObjectPatProp::KeyValue(pair) => self.export_pattern(&pair.value),
                        ObjectPatProp::Assign(short) => {
                            self.exported_names.push((self.scope, short.key.id.sym.clone()));
                        }
                        ObjectPatProp::Rest(rest) => self.export_pattern(&rest.arg),
                    }
                }
            }
            Pat::Assign(assign) => self.export_pattern(&assign.left),
            Pat::Rest(rest) => self.export_pattern(&rest.arg),
            Pat::Invalid(_) | Pat::Expr(_) => {}
        }
    }

    /// `namespace N { … }` runs once, in place: its body is a block of the module.
    pub(super) fn namespace(&mut self, decl: &TsModuleDecl) {
        if decl.declare || decl.global {
            return;
        }
        if let crate::ast::TsModuleName::Ident(ident) = &decl.id {
            self.declare(ident, BindingKind::Namespace);
        }
        let mut body = decl.body.as_ref();
        while let Some(TsNamespaceBody::TsNamespaceDecl(inner)) = body {
            body = Some(&inner.body);
        }
        if let Some(TsNamespaceBody::TsModuleBlock(block)) = body {
            self.in_scope(ScopeKind::Block, |me| me.items(&block.body));
        }
    }
}

/// The module that a declaration takes something from.
fn source_of(decl: &ModuleDecl) -> Option<Atom> {
    match decl {
        ModuleDecl::Import(import) => Some(module_name(&import.src)),
        ModuleDecl::ExportNamed(export) => export.src.as_deref().map(module_name),
        ModuleDecl::ExportAll(export) => Some(module_name(&export.src)),
        ModuleDecl::TsImportEquals(import) => match &import.module_ref {
            TsModuleRef::TsExternalModuleRef(external) => Some(module_name(&external.expr)),
            TsModuleRef::TsEntityName(_) => None,
        },
        _ => None,
    }
}

/// `node:fs` and `fs` are one module.
pub(super) fn module_name(src: &Str) -> Atom {
    let name = string_value(&src.value).unwrap_or_default();
    match name.strip_prefix("node:") {
        Some(bare) => Atom::from(bare),
        None => name,
    }
}
