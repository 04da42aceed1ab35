(rule_set (selectors) @name (block) @body) @definition.rule
(keyframes_statement (keyframes_name) @name (keyframe_block_list) @body) @definition.rule
(media_statement (block) @body) @definition.rule
(supports_statement (block) @body) @definition.rule

(comment) @comment

(import_statement) @import
