/*
 * engine/functions/xml.h - XML text as a tree, and XPath 1.0 over it; shared by the XML and XPath functions.
 */
#ifndef PZ_FN_XML_H
#define PZ_FN_XML_H

#include "fn_util.h"

#include "../files_int.h"

typedef struct pz_xml_options {
    pz_options all;
    pz_str prefix, value_tag, item, null_text, wildcard;
    bool exclude_attributes, trim, no_namespaces, only_texts, decimals, dates;
    pz_text_rules rules;
} pz_xml_options;
void pz_xml_options_read(pz_fn_ctx *c, const pz_value *map, pz_xml_options *o);        /* map NULL: none given */

typedef enum pz_xml_kind { PZ_XML_ROOT, PZ_XML_ELEMENT, PZ_XML_ATTR, PZ_XML_TEXT, PZ_XML_OTHER } pz_xml_kind;
typedef struct pz_xml pz_xml;
struct pz_xml {
    pz_xml_kind kind;
    pz_str name, text;                         /* text: of ATTR and TEXT */
    pz_xml *parent;
    PZ_VEC(pz_xml *) children, attrs;
    int order;                                 /* place in the document */
};
typedef PZ_VEC(pz_xml *) pz_xmls;

/* The document, or NULL if the text is not well-formed; whole: nothing may stand behind its first element. */
pz_xml *pz_xml_read(pz_arena *a, pz_str text, bool whole);
pz_str pz_xml_string(pz_arena *a, const pz_xml *n);                    /* all text inside */

typedef enum pz_xpath_kind { PZ_XPATH_NODES, PZ_XPATH_NUMBER, PZ_XPATH_STRING, PZ_XPATH_BOOLEAN } pz_xpath_kind;
typedef struct pz_xpath { pz_xpath_kind kind; pz_xmls nodes; double number; pz_str string; bool boolean; } pz_xpath;
/* false: the path is not valid */
bool pz_xpath_eval(pz_arena *a, pz_xml *root, pz_str path, pz_xpath *out);
double pz_xpath_number(pz_arena *a, const pz_xpath *v);
pz_str pz_xpath_string(pz_arena *a, const pz_xpath *v);
bool pz_xpath_boolean(pz_arena *a, const pz_xpath *v);

/* One element as the values of a struct's fields; false where something did not fit (it is NULL then). */
bool pz_xml_variant(const pz_options *options, const pz_zone *zone, pz_arena *a, pz_str text, pz_value *out);  /* false: no XML */
bool pz_xml_row(const pz_options *options, const pz_zone *zone, pz_arena *a, pz_str text, const pz_type *t, pz_value *fields);
/* The struct an element seems to be, NULL when it is no XML; what two are together; what is left in the end: columns seen empty are texts. */
const pz_type *pz_xml_guess(const pz_options *options, const pz_zone *zone, pz_arena *a, pz_str text);
const pz_type *pz_xml_merge(pz_arena *a, const pz_type *x, const pz_type *y);
const pz_type *pz_xml_settle(pz_arena *a, const pz_type *t);

#endif
