(block (identifier) @scope . (string_lit (template_literal) @scope) . (string_lit (template_literal) @name) . (block_start) @body) @definition.object
(block (identifier) @scope . (string_lit (template_literal) @name) . (block_start) @body) @definition.object
(block . (identifier) @name . (block_start) @body) @definition.object

(comment) @comment
