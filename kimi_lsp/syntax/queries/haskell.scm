(data_type name: (_) @name) @definition.type
(newtype name: (_) @name) @definition.type
(type_synonym name: (_) @name) @definition.type
(class name: (_) @name "where"? @head) @definition.class
(instance name: (_) @scope patterns: (_)? @head) @definition.impl
(function name: (variable) @name match: (match expression: (_) @body)) @definition.function
(function name: (variable) @name) @definition.function
(declarations (bind name: (variable) @name) @definition.variable)
(declarations (signature name: (variable) @name) @definition.declaration)
(class_declarations (signature name: (variable) @name) @definition.declaration)

(haddock) @comment

(import) @import
