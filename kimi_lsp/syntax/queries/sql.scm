(create_table (object_reference schema: (_)? @scope name: (_) @name) (column_definitions)? @body) @definition.table
(create_view (object_reference schema: (_)? @scope name: (_) @name) (create_query) @body) @definition.view
(create_materialized_view (object_reference schema: (_)? @scope name: (_) @name) (create_query) @body) @definition.view
(create_function . (keyword_create) (object_reference schema: (_)? @scope name: (_) @name) (function_body)? @body) @definition.function
(create_type (object_reference schema: (_)? @scope name: (_) @name)) @definition.type
(create_trigger (keyword_trigger) . (object_reference schema: (_)? @scope name: (_) @name)) @definition.function
(create_index column: (identifier) @name) @definition.type

(statement . (_) @of .) @wide
(comment) @comment
