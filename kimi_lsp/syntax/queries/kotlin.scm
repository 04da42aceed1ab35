(class_declaration "interface" name: (_) @name (class_body) @body) @definition.interface
(class_declaration "interface" name: (_) @name) @definition.interface
(class_declaration name: (_) @name (enum_class_body) @body) @definition.enum
(class_declaration name: (_) @name (class_body)? @body) @definition.class
(object_declaration name: (_) @name (class_body)? @body) @definition.object
(function_declaration
  (user_type . (identifier) @scope)
  .
  name: (_) @name
  (function_body (_) @body)?) @definition.method
(function_declaration name: (_) @name (function_body (_) @body)?) @definition.function
(secondary_constructor "constructor" @name (block)? @body) @definition.constructor
(type_alias type: (_) @name) @definition.type
(class_body (property_declaration (variable_declaration (identifier) @name)) @definition.field)
(source_file (property_declaration (variable_declaration (identifier) @name)) @definition.variable)

((block_comment) @comment @_only (#set! only "/\\*\\*.*"))

(import) @import
