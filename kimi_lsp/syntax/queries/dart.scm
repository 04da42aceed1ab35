; A signature and its body are neighbours here; the definition goes on to the end of the body.
(class_definition name: (_) @name body: (_) @body) @definition.class
(mixin_declaration (identifier) @name (class_body) @body) @definition.trait
(extension_declaration name: (_) @name body: (_) @body) @definition.impl
(enum_declaration name: (_) @name body: (_) @body) @definition.enum
(type_alias . (type_identifier) @name) @definition.type

([(function_signature name: (_) @name) (getter_signature name: (_) @name)] @definition.function
  . [(function_body (block) @body) (function_body "=>") @body])
((method_signature
  [(function_signature name: (_) @name) (operator_signature (binary_operator) @name)]) @definition.method
  . [(function_body (block) @body) (function_body "=>") @body])
((method_signature [(getter_signature name: (_) @name) (setter_signature name: (_) @name)]) @definition.property
  . [(function_body (block) @body) (function_body "=>") @body])
((method_signature
  [
    (constructor_signature name: (_) @name . parameters: (_))
    (factory_constructor_signature (identifier) @name . (formal_parameter_list))
  ]) @definition.constructor
  . [(function_body (block) @body) (function_body "=>") @body])
(declaration (function_signature name: (_) @name)) @definition.method
(declaration (constructor_signature name: (_) @name . parameters: (_))) @definition.constructor
(local_function_declaration
  (lambda_expression
    parameters: (function_signature name: (_) @name) body: [(function_body (block) @body) (function_body "=>") @body])) @definition.function
(class_body (declaration (initialized_identifier_list (initialized_identifier . (identifier) @name))) @definition.field)
(class_body
  (declaration (static_final_declaration_list (static_final_declaration . (identifier) @name))) @definition.field)
(program (static_final_declaration_list (static_final_declaration . (identifier) @name) @definition.variable))
(program (initialized_identifier_list (initialized_identifier . (identifier) @name) @definition.variable))

(annotation) @attribute
(documentation_comment) @comment

[(library_import) (library_export) (part_directive)] @import
