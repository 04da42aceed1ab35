(function_definition name: (_) @name body: (_) @body) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.variable)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable)

((comment) @comment @_only (#set! only "#[^!].*|#"))

(command name: (command_name (word) @_only) (#set! only "source|\\.")) @import
