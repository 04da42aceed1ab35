(class_definition name: (identifier) @name body: (block) @body) @definition.class
(function_definition name: (identifier) @name body: (block) @body) @definition.function
(module (expression_statement . (assignment left: (identifier) @name)) @definition.variable)
(class_definition
  body: (block (expression_statement . (assignment left: (identifier) @name)) @definition.field))
(type_alias_statement
  left: (type [(identifier) @name (generic_type . (identifier) @name)])) @definition.type

(decorated_definition definition: (_) @of) @wide

[(import_statement) (import_from_statement) (future_import_statement)] @import
