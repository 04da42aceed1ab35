; @click="go", :to="place", v-if="open", and {{ name }} where that is all of a text
(attribute (attribute_name) @_only (quoted_attribute_value (attribute_value) @injection.expression)
  (#set! only "(?:[:@#]|v-).*"))
((text) @injection.expression @_only (#set! only "\\{\\{[^{}]*\\}\\}"))
