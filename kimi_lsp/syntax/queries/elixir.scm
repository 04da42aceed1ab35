(call
  target: (identifier) @_module
  (arguments . (alias) @name)
  (do_block) @body
  (#any-of? @_module "defmodule" "defprotocol")) @definition.module
(call
  target: (identifier) @_impl
  (arguments . (alias) @scope)
  (do_block) @body
  (#eq? @_impl "defimpl")) @definition.impl
(call
  target: (identifier) @_def
  (arguments
    .
    [
      (identifier) @name
      (call target: (identifier) @name)
      (binary_operator left: (identifier) @name operator: "when")
      (binary_operator left: (call target: (identifier) @name) operator: "when")
    ])
  (do_block)? @body
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate")) @definition.function
(call
  target: (identifier) @_test
  (arguments . (string (quoted_content) @name))
  (do_block) @body
  (#any-of? @_test "test" "describe")) @definition.test

((unary_operator operator: "@" operand: (call target: (identifier) @_doc)) @attribute
  (#any-of? @_doc "doc" "spec" "impl" "deprecated" "since" "tag"))
(comment) @comment

(call target: (identifier) @_import (#any-of? @_import "import" "alias" "require" "use")) @import
