(element
  (start_tag
    (attribute (attribute_name) @_id (quoted_attribute_value (attribute_value) @name)) (#eq? @_id "id")) @head) @definition.element
(script_element (start_tag "<" (tag_name) @name) @head) @definition.element
(style_element (start_tag "<" (tag_name) @name) @head) @definition.element
