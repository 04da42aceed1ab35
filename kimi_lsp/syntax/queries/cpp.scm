; What C++ has beyond C.

(class_specifier name: [(type_identifier) @name (template_type name: (_) @name)] body: (_) @body) @definition.class
(class_specifier name: (qualified_identifier scope: (_) @scope name: (_) @name) body: (_) @body) @definition.class
(struct_specifier name: (template_type name: (_) @name) body: (_) @body) @definition.struct
(namespace_definition name: (_) @name body: (_) @body) @definition.namespace
(declaration_list
  (declaration
    declarator: [
      (identifier) @name
      (init_declarator declarator: [(identifier) @name (array_declarator declarator: (identifier) @name)])
    ]) @definition.variable)
(concept_definition name: (_) @name) @definition.type
(alias_declaration name: (_) @name) @definition.type

; Inside of a class, and operators.
(function_definition
  declarator: [
    (function_declarator declarator: [(field_identifier) (destructor_name) (operator_name)] @name)
    (pointer_declarator
      declarator: (function_declarator declarator: [(field_identifier) (operator_name)] @name))
    (reference_declarator
      (function_declarator declarator: [(identifier) (field_identifier) (operator_name)] @name))
    (operator_cast) @name
  ]
  body: (_)? @body) @definition.function
(function_definition
  declarator: (function_declarator declarator: (identifier) @name)
  [(default_method_clause) (delete_method_clause)]) @definition.function
(field_declaration
  declarator: [
    (function_declarator declarator: [(field_identifier) (operator_name)] @name)
    (pointer_declarator
      declarator: (function_declarator declarator: [(field_identifier) (operator_name)] @name))
    (reference_declarator (function_declarator declarator: [(field_identifier) (operator_name)] @name))
  ]) @definition.declaration
(declaration
  declarator: [
    (function_declarator declarator: [(destructor_name) (operator_name)] @name)
    (reference_declarator (function_declarator declarator: [(identifier) (operator_name)] @name))
    (operator_cast) @name
  ]) @definition.declaration

; Outside of a class: Lock::acquire. Of core::Lock::acquire the name is Lock::acquire; the row's separator splits it.
(function_definition
  declarator: [
    (function_declarator declarator: (qualified_identifier scope: (_) @scope name: (_) @name))
    (pointer_declarator
      declarator: (function_declarator declarator: (qualified_identifier scope: (_) @scope name: (_) @name)))
    (reference_declarator
      (function_declarator declarator: (qualified_identifier scope: (_) @scope name: (_) @name)))
    (qualified_identifier scope: (_) @scope name: (operator_cast) @name)
  ]
  body: (_)? @body) @definition.method

(template_declaration (_) @of .) @wide

(using_declaration) @import
