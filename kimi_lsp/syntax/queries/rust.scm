(struct_item name: (_) @name body: (field_declaration_list)? @body) @definition.struct
(union_item name: (_) @name body: (_) @body) @definition.union
(enum_item name: (_) @name body: (_) @body) @definition.enum
(trait_item name: (_) @name body: (_) @body) @definition.trait
(mod_item name: (_) @name body: (_)? @body) @definition.module
(impl_item
  type: [
    (type_identifier) @scope
    (generic_type type: (type_identifier) @scope)
    (scoped_type_identifier name: (_) @scope)
    (generic_type type: (scoped_type_identifier name: (_) @scope))
    (reference_type type: (type_identifier) @scope)
    (reference_type type: (generic_type type: (type_identifier) @scope))
  ]
  body: (_) @body) @definition.impl
(impl_item body: (_) @body) @definition.impl
(function_item name: (_) @name body: (_) @body) @definition.function
(function_signature_item name: (_) @name) @definition.function
(macro_definition name: (_) @name) @definition.macro
(type_item name: (_) @name) @definition.type
(associated_type name: (_) @name) @definition.type
(const_item name: (_) @name) @definition.constant
(static_item name: (_) @name) @definition.constant

(attribute_item) @attribute
(line_comment outer: (_)) @comment
(block_comment outer: (_)) @comment

[(use_declaration) (extern_crate_declaration)] @import
