(block_mapping_pair
  key: (_) @name
  value: [(block_node [(block_mapping) (block_sequence)]) (flow_node [(flow_mapping) (flow_sequence)])] @body) @definition.object

(comment) @comment
