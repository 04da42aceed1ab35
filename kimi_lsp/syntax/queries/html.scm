(element
  (start_tag
    (attribute (attribute_name) @_only (quoted_attribute_value (attribute_value) @name)) (#set! only "id")) @head) @definition.element
(script_element (start_tag "<" (tag_name) @name) @head) @definition.element
(style_element (start_tag "<" (tag_name) @name) @head) @definition.element

(script_element (start_tag) @injection.tag (raw_text) @injection.script)
(style_element (start_tag) @injection.tag (raw_text) @injection.style)
