(module_definition (module_binding (module_name) @name body: (structure) @body)) @definition.module
(module_definition (module_binding (module_name) @name)) @definition.module
(module_type_definition (module_type_name) @name body: (_) @body) @definition.interface
(class_definition (class_binding (class_name) @name body: (_) @body)) @definition.class
(method_definition (method_name) @name body: (_) @body) @definition.method
(value_definition (let_binding pattern: (value_name) @name (parameter) body: (_) @body) @definition.function)
(value_definition
  (let_binding
    pattern: (value_name) @name
    body: [(fun_expression) (function_expression)] @body) @definition.function)
(value_definition (let_binding pattern: (value_name) @name) @definition.variable)
(value_specification (value_name) @name) @definition.declaration
(external (value_name) @name) @definition.declaration
(type_definition (type_binding name: (_) @name) @definition.type)
(exception_definition (constructor_declaration (constructor_name) @name)) @definition.type

(value_definition . (let_binding) @of .) @wide
(type_definition . (type_binding) @of .) @wide
((comment) @comment @_only (#set! only "\\(\\*\\*.*"))

(open_module) @import
