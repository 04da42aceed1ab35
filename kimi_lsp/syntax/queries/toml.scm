(table . [(bare_key) (dotted_key) (quoted_key)] @name "]" @head) @definition.object
(table_array_element . [(bare_key) (dotted_key) (quoted_key)] @name "]]" @head) @definition.object

(comment) @comment
