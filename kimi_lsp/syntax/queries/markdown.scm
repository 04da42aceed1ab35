(section . (atx_heading heading_content: (inline) @name) @head) @definition.section

(fenced_code_block (info_string (language) @injection.tag) (code_fence_content) @injection.example)
