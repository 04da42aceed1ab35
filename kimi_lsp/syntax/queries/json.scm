(pair key: (string) @name value: [(object) (array)] @body) @definition.object
