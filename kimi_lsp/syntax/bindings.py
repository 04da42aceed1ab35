"""Where a name is bound, and where it is a mere label: a table of edges of the tree, by language.

An edge is written ``PARENT.FIELD`` for a child in that field, ``PARENT.`` for one in no field, ``PARENT.1`` for the
first named child and ``PARENT.*`` for any child. ``through`` are edges between a name and the edge that binds it:
patterns, declarators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kimi_lsp.syntax.languages import SCRIPTS


@dataclass(frozen=True, slots=True)
class Bindings:
    """The edges of one language."""

    binding: frozenset[str]
    through: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    leaves: frozenset[str] = frozenset()
    upper_case_binds: bool = True
    members_are_in_scope: bool = False

    def binds(self, edges: tuple[str, str, str]) -> bool:
        """Whether what hangs on this edge, written in its three ways, is bound by it."""
        return not self.binding.isdisjoint(edges) or bool(_DEFINED.fullmatch(edges[0]))

    def passes(self, edges: tuple[str, str, str]) -> bool:
        """Whether the edge above decides."""
        return not self.through.isdisjoint(edges)

    def labels_only(self, edges: tuple[str, str, str]) -> bool:
        """Whether a name on this edge is neither used nor bound: a declared field, a keyword, a goto's aim."""
        return not self.labels.isdisjoint(edges)


SCOPE = re.compile(
    r"(?!.*(?:param|call|invocation|type|signature|declarator|name|reference|static|pattern|capture|body|index|clause))"
    r".*(?:function|method|lambda|closure|func_literal|constructor|comprehension|generator_expression|init_decl).*"
)
"""Node types that what is bound inside of them is not seen outside of."""

CLASS = re.compile(
    r"(?!.*(?:body|type|name|member|creation)).*(?:class|impl_item|trait|interface|struct|protocol).*"
)
"""Node types whose functions are members."""

_DEFINED = re.compile(
    r"(?!import|use|using|namespace_use)\w*(?:_definition|_declaration|_item|_statement|_def|_binding)\.name"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ECMASCRIPT = Bindings(
    binding=_words(
        "formal_parameters.* variable_declarator.name for_in_statement.left catch_clause.parameter "
        "arrow_function.parameter required_parameter.pattern optional_parameter.pattern type_parameter.name "
        "class.name function_expression.name"
    ),
    through=_words(
        "assignment_pattern.left rest_pattern.* object_pattern.* pair_pattern.value object_assignment_pattern.left "
        "array_pattern.*"
    ),
    labels=_words(
        "pair.key pair_pattern.key jsx_attribute.1 method_definition.name field_definition.property "
        "public_field_definition.name property_signature.name method_signature.name abstract_method_signature.name "
        "enum_assignment.name enum_body.name labeled_statement.label break_statement.label continue_statement.label"
    ),
)

_C = Bindings(
    binding=_words(
        "function_definition.declarator parameter_declaration.declarator optional_parameter_declaration.declarator "
        "init_declarator.declarator declaration.declarator type_definition.declarator for_range_loop.declarator "
        "structured_binding_declarator.* lambda_capture_initializer.left type_parameter_declaration.* "
        "optional_type_parameter_declaration.name concept_definition.name preproc_def.name preproc_function_def.name "
        "namespace_alias_definition.name"
    ),
    through=_words(
        "pointer_declarator.declarator array_declarator.declarator parenthesized_declarator.* reference_declarator.* "
        "function_declarator.declarator qualified_identifier.name"
    ),
    labels=_words("labeled_statement.label goto_statement.label enumerator.name"),
    members_are_in_scope=True,
)

_OCAML = Bindings(
    binding=_words("let_binding.pattern for_expression.name method_definition.* type_binding.name"),
    leaves=_words("value_pattern"),
)

_BY_LANGUAGE = {
    **dict.fromkeys(SCRIPTS, _ECMASCRIPT),
    "c": _C,
    "cpp": _C,
    "python": Bindings(
        binding=_words(
            "parameters.* lambda_parameters.* default_parameter.name typed_default_parameter.name typed_parameter.1 "
            "assignment.left named_expression.name for_statement.left for_in_clause.left as_pattern_target.* "
            "case_pattern.*"
        ),
        through=_words(
            "pattern_list.* tuple_pattern.* list_pattern.* list_splat_pattern.* dictionary_splat_pattern.* "
            "dotted_name.* keyword_pattern."
        ),
        labels=_words("keyword_argument.name keyword_pattern.1 global_statement.* nonlocal_statement.*"),
    ),
    "rust": Bindings(
        binding=_words(
            "parameter.pattern let_declaration.pattern let_condition.pattern for_expression.pattern "
            "closure_parameters.* match_pattern.* match_arm.pattern captured_pattern.1 type_parameter.name "
            "const_parameter.name"
        ),
        through=_words(
            "tuple_pattern.* reference_pattern.* tuple_struct_pattern. struct_pattern. field_pattern.pattern "
            "ref_pattern.* mut_pattern.* slice_pattern.* or_pattern.* captured_pattern.* field_pattern.name"
        ),
        labels=_words("field_declaration.name enum_variant.name"),
        upper_case_binds=False,
    ),
    "go": Bindings(
        binding=_words(
            "parameter_declaration.name variadic_parameter_declaration.name short_var_declaration.left "
            "range_clause.left var_spec.name const_spec.name type_switch_statement.alias type_spec.name "
            "type_alias.name receive_statement.left type_parameter_declaration.name"
        ),
        through=_words("expression_list.*"),
        labels=_words("field_declaration.name method_declaration.name method_elem.name package_clause.*"),
    ),
    "java": Bindings(
        binding=_words(
            "formal_parameter.name variable_declarator.name enhanced_for_statement.name resource.name "
            "catch_formal_parameter.name inferred_parameters.* lambda_expression.parameters "
            "instanceof_expression.name type_parameter.1 type_pattern. record_pattern_component."
        ),
        labels=_words("element_value_pair.key labeled_statement.1 break_statement.* continue_statement.*"),
        members_are_in_scope=True,
    ),
    "csharp": Bindings(
        binding=_words(
            "parameter.name parameter_list.name variable_declarator.name foreach_statement.left "
            "catch_declaration.name declaration_pattern.name declaration_expression.name tuple_pattern.name "
            "from_clause.name type_parameter.name implicit_parameter.* var_pattern.name enum_member_declaration.name"
        ),
        labels=_words("argument.name labeled_statement.1 goto_statement.* using_directive.name"),
        leaves=_words("implicit_parameter"),
        members_are_in_scope=True,
    ),
    "ruby": Bindings(
        binding=_words(
            "method_parameters.* optional_parameter.name splat_parameter.name keyword_parameter.name "
            "hash_splat_parameter.name block_parameter.name block_parameters.* lambda_parameters.* "
            "assignment.left exception_variable.* for.pattern method.name "
            "singleton_method.name class.name module.name"
        ),
        through=_words("left_assignment_list.* destructured_parameter.* destructured_left_assignment.*"),
        members_are_in_scope=True,
    ),
    "php": Bindings(
        binding=_words("assignment_expression.left"),
        labels=_words("variable_name.* argument.name method_declaration.name const_element.1 enum_case.name"),
    ),
    "kotlin": Bindings(
        binding=_words("class_parameter.1 parameter.1 variable_declaration.1 catch_block.1 type_parameter.1"),
        labels=_words("enum_entry.1"),
        members_are_in_scope=True,
    ),
    "swift": Bindings(
        binding=_words(
            "pattern.bound_identifier parameter.name lambda_parameter.name if_statement.bound_identifier "
            "guard_statement.bound_identifier while_statement.bound_identifier property_declaration.name "
            "type_parameter.1"
        ),
        through=_words("pattern.*"),
        labels=_words(
            "parameter.external_name lambda_parameter.external_name value_argument_label.* enum_entry.name"
        ),
        members_are_in_scope=True,
    ),
    "scala": Bindings(
        binding=_words(
            "parameter.name class_parameter.name val_definition.pattern var_definition.pattern enumerator.1 "
            "typed_pattern.pattern binding.name lambda_expression.parameters case_class_pattern.pattern "
            "case_clause.pattern type_parameters.*"
        ),
        through=_words("tuple_pattern.* case_class_pattern.pattern typed_pattern.pattern"),
        upper_case_binds=False,
        members_are_in_scope=True,
    ),
    "lua": Bindings(
        binding=_words(
            "parameters.name variable_declaration.* for_generic_clause. for_numeric_clause.name "
            "function_declaration.name"
        ),
        through=_words("variable_list.name assignment_statement.1"),
        labels=_words("field.name goto_statement.* label_statement.*"),
    ),
    "shellscript": Bindings(
        binding=_words(
            "variable_assignment.name for_statement.variable declaration_command.* function_definition.name"
        ),
        labels=_words(
            "command.argument redirect.destination file_redirect.destination for_statement.value array.*"
        ),
    ),
    "zig": Bindings(binding=_words("parameter.name variable_declaration.1 payload.*")),
    "haskell": Bindings(
        binding=_words(
            "patterns.* bind.name function.name bind.pattern generator.pattern alternative.pattern signature.name"
        ),
        through=_words(
            "apply.argument apply.function list.element parens.* parens.pattern tuple.element as.*"
        ),
        labels=_words("header.module field_name.*"),
        upper_case_binds=False,
    ),
    "ocaml": _OCAML,
    "ocaml.interface": _OCAML,
    "julia": Bindings(
        binding=_words(
            "signature.* assignment.1 for_binding.1 catch_clause.1 arrow_function_expression.1 do_clause.1 "
            "type_head.*"
        ),
        through=_words(
            "call_expression.* argument_list.* typed_expression.1 named_argument.1 splat_expression.* open_tuple.* "
            "tuple_expression.* where_expression.1"
        ),
        labels=_words("named_argument.1"),
    ),
    "dart": Bindings(
        binding=_words(
            "formal_parameter.name formal_parameter.1 constructor_param.* initialized_identifier.1 "
            "initialized_variable_definition.name for_loop_parts.name catch_parameters.* type_parameter.1 "
            "pattern_variable_declaration.1 function_signature.name"
        ),
        through=_words("constant_pattern.* record_pattern.*"),
        labels=_words("label.* constructor_signature.name"),
        members_are_in_scope=True,
    ),
    "terraform": Bindings(binding=frozenset(), labels=_words("attribute.1 block.1")),
    "sql": Bindings(binding=frozenset(), labels=_words("relation.alias")),
}

_ANY = Bindings(
    binding=_words("parameters.* parameter.name parameter.pattern assignment.left variable_declarator.name")
)
"""What many grammars have in common, for those that are not in the table."""


def bindings(language_id: str) -> Bindings:
    """The edges of this language."""
    return _BY_LANGUAGE.get(language_id, _ANY)
