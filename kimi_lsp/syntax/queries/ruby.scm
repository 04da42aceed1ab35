(class name: (_) @name body: (_)? @body) @definition.class
(module name: (_) @name body: (_)? @body) @definition.module
(method name: (_) @name body: (_)? @body) @definition.function
(singleton_method name: (_) @name body: (_)? @body) @definition.function
(assignment left: (constant) @name) @definition.constant

(call !receiver arguments: (argument_list . (method) @of .)) @wide
(comment) @comment

(call
  !receiver
  method: (identifier) @_only
  (#set! only "require|require_relative|load|autoload")) @import
