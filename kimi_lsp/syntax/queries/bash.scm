(function_definition name: (_) @name body: (_) @body) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.variable)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable)

((comment) @comment (#not-match? @comment "^#!"))

(command name: (command_name (word) @_source) (#any-of? @_source "source" ".")) @import
