(function_declaration name: (_) @name body: (_)? @body) @definition.function
(variable_declaration . (identifier) @name (struct_declaration "{" @body)) @definition.struct
(variable_declaration . (identifier) @name (enum_declaration "{" @body)) @definition.enum
(variable_declaration . (identifier) @name (union_declaration "{" @body)) @definition.union
(test_declaration (string) @name (block) @body) @definition.test
(source_file (variable_declaration . (identifier) @name) @definition.variable)

((comment) @comment @_only (#set! only "///.*"))

(variable_declaration (builtin_function (builtin_identifier) @_only (#set! only "@import"))) @import
