(module_definition name: (_) @name @head) @definition.module
(struct_definition
  (type_head
    [
      (identifier) @name
      (binary_expression . (identifier) @name)
      (parametrized_type_expression . (identifier) @name)
      (binary_expression . (parametrized_type_expression . (identifier) @name))
    ]) @head) @definition.struct
(abstract_definition
  (type_head [(identifier) @name (binary_expression . (identifier) @name)])) @definition.type
(function_definition
  (signature
    [
      (identifier) @name
      (call_expression . (identifier) @name)
      (call_expression . (field_expression value: (_) @scope (identifier) @name .))
      (typed_expression . (call_expression . (identifier) @name))
      (where_expression . (call_expression . (identifier) @name))
      (where_expression . (call_expression . (field_expression value: (_) @scope (identifier) @name .)))
    ]) @head) @definition.function
(macro_definition (signature (call_expression . (identifier) @name)) @head) @definition.macro
(assignment
  .
  [
    (call_expression . (identifier) @name)
    (call_expression . (field_expression value: (_) @scope (identifier) @name .))
  ] @head) @definition.function
(const_statement (assignment . (identifier) @name)) @definition.constant

(string_literal) @comment
[(line_comment) (block_comment)] @comment

[(using_statement) (import_statement)] @import
