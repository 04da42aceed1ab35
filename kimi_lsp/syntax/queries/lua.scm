(function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(function_declaration
  name: [
    (dot_index_expression table: (_) @scope field: (_) @name)
    (method_index_expression table: (_) @scope method: (_) @name)
  ]
  body: (_)? @body) @definition.method
(assignment_statement
  (variable_list . name: (identifier) @name)
  (expression_list . value: (function_definition body: (_)? @body))) @definition.function
(assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @scope field: (_) @name))
  (expression_list . value: (function_definition body: (_)? @body))) @definition.method
(assignment_statement
  (variable_list . name: (identifier) @name)
  (expression_list . value: (table_constructor) @body)) @definition.object
(field name: (identifier) @name value: (function_definition body: (_)? @body)) @definition.method
(chunk (assignment_statement (variable_list . name: (identifier) @name)) @definition.variable)
(chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)) @definition.variable))

(variable_declaration (assignment_statement) @of) @wide
(comment) @comment

(variable_declaration
  (assignment_statement
    (expression_list
      value: (function_call name: (identifier) @_only (#set! only "require"))))) @import
