; What JavaScript and TypeScript have in common.

(class_declaration name: (_) @name body: (class_body) @body) @definition.class
(variable_declarator name: (identifier) @name value: (class body: (class_body) @body)) @definition.class
(export_statement "default" @name value: (class body: (class_body) @body)) @definition.class

(function_declaration name: (identifier) @name body: (statement_block) @body) @definition.function
(generator_function_declaration name: (identifier) @name body: (statement_block) @body) @definition.function
(variable_declarator
  name: (identifier) @name
  value: [
    (arrow_function body: (_) @body)
    (function_expression body: (_) @body)
    (generator_function body: (_) @body)
  ]) @definition.function
(export_statement "default" @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function

; const Button = memo((props) => ...)
(variable_declarator
  name: (identifier) @name
  value: (call_expression
    function: [(identifier) (member_expression object: (identifier) @_only)]
    arguments: (arguments . [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))
  (#set! only "React")) @definition.function

(method_definition name: (_) @name body: (statement_block) @body) @definition.method
(variable_declarator
  value: (object
    (pair
      key: (_) @name
      value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method))
(assignment_expression
  right: (object
    (pair
      key: (_) @name
      value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method))
(export_statement
  value: (object
    (pair
      key: (_) @name
      value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method))

; exports.open = function () {}, Lock.prototype.acquire = function () {}
(assignment_expression
  left: (member_expression
    object: [
      (identifier) @scope
      (member_expression object: (identifier) @scope property: (property_identifier) @_only)
    ]
    property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]
  (#set! only "prototype")) @definition.method

(variable_declarator name: (identifier) @name value: (object) @body) @definition.object
(assignment_expression
  left: (member_expression object: (identifier) @scope property: (property_identifier) @name)
  right: (object) @body) @definition.object
(export_statement "default" @name value: (object) @body) @definition.object

(program
  [
    (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable)
    (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)
    (export_statement
      (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))
    (export_statement
      (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable))
  ])

(lexical_declaration . (variable_declarator) @of .) @wide
(variable_declaration . (variable_declarator) @of .) @wide
(expression_statement (assignment_expression) @of) @wide
(export_statement declaration: (_) @of) @wide
((comment) @comment @_only (#set! only "/\\*\\*.*"))

(import_statement) @import
(export_statement source: (_)) @import
(program
  (lexical_declaration
    (variable_declarator value: (call_expression function: (identifier) @_only))) @import
  (#set! only "require"))
