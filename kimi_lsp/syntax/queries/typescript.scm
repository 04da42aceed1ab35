(abstract_class_declaration name: (_) @name body: (class_body) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.interface
(enum_declaration name: (_) @name body: (_) @body) @definition.enum
(type_alias_declaration name: (_) @name) @definition.type
(internal_module name: (_) @name body: (_) @body) @definition.namespace
(module name: (_) @name body: (_) @body) @definition.namespace

(function_signature name: (_) @name) @definition.declaration
(class_body (method_signature name: (_) @name) @definition.declaration)
(interface_body (method_signature name: (_) @name) @definition.method)
(abstract_method_signature name: (_) @name) @definition.method
(interface_body (property_signature name: (_) @name) @definition.field)

(public_field_definition
  name: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method
(public_field_definition name: (_) @name) @definition.field

(program
  (ambient_declaration
    (_ (variable_declarator name: (identifier) @name) @definition.variable)))
(ambient_declaration (_) @of) @wide
(expression_statement (internal_module) @of) @wide
(class_body (decorator) @attribute)
(import_alias) @import
