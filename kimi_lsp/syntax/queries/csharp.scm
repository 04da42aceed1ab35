(class_declaration name: (_) @name body: (_) @body) @definition.class
(struct_declaration name: (_) @name body: (_) @body) @definition.struct
(interface_declaration name: (_) @name body: (_) @body) @definition.interface
(record_declaration name: (_) @name body: (_)? @body) @definition.record
(enum_declaration name: (_) @name body: (_) @body) @definition.enum
(namespace_declaration name: (_) @name body: (_) @body) @definition.namespace
(delegate_declaration name: (_) @name) @definition.type
(method_declaration name: (_) @name body: (arrow_expression_clause (_) @body)) @definition.method
(method_declaration name: (_) @name body: (_)? @body) @definition.method
(constructor_declaration name: (_) @name body: (_)? @body) @definition.constructor
(destructor_declaration "~" @name body: (_)? @body) @definition.method
(operator_declaration operator: _ @name body: (_)? @body) @definition.method
(indexer_declaration "this" @name accessors: (_)? @body) @definition.property
(property_declaration name: (_) @name accessors: (accessor_list) @body) @definition.property
(property_declaration name: (_) @name) @definition.property
(local_function_statement name: (_) @name body: (_)? @body) @definition.function
(field_declaration (variable_declaration (variable_declarator name: (_) @name))) @definition.field
(event_field_declaration (variable_declaration (variable_declarator name: (_) @name))) @definition.field

((comment) @comment @_only (#set! only "(///|/\\*\\*).*"))

(using_directive) @import
