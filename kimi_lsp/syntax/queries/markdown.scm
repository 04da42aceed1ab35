(section . (atx_heading heading_content: (inline) @name) @head) @definition.section
