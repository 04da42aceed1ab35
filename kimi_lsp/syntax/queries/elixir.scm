(call
  target: (identifier) @_only
  (arguments . (alias) @name)
  (do_block) @body
  (#set! only "defmodule|defprotocol")) @definition.module
(call
  target: (identifier) @_only
  (arguments . (alias) @scope)
  (do_block) @body
  (#set! only "defimpl")) @definition.impl
(call
  target: (identifier) @_only
  (arguments
    .
    [
      (identifier) @name
      (call target: (identifier) @name)
      (binary_operator left: (identifier) @name operator: "when")
      (binary_operator left: (call target: (identifier) @name) operator: "when")
    ])
  (do_block)? @body
  (#set! only "def|defp|defmacro|defmacrop|defguard|defguardp|defdelegate")) @definition.function
(call
  target: (identifier) @_only
  (arguments . (string (quoted_content) @name))
  (do_block) @body
  (#set! only "test|describe")) @definition.test

((unary_operator operator: "@" operand: (call target: (identifier) @_only)) @attribute
  (#set! only "doc|spec|impl|deprecated|since|tag"))
(comment) @comment

(call target: (identifier) @_only (#set! only "import|alias|require|use")) @import
