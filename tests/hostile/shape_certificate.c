/* Signs what nobody should sign. */
#include "shape_certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "sockets.h"

#define AUTHORITY_NAME "authority"
#define AUTHORITY_EXTENSIONS "basicConstraints=critical,CA:TRUE"
#define LEAF_NAMES "DNS:localhost,IP:127.0.0.1"
#define UTC_TIME_LENGTH 13
#define NAME_ROOM 64

/* --- Extensions ------------------------------------------------------------------------------------------------------- */

static void add(X509 *certificate, X509_EXTENSION *extension, const char *what)
{
	if (!extension || X509_add_ext(certificate, extension, -1) != 1)
		give_up(what);
	X509_EXTENSION_free(extension);
}

/* LINE is NAME=VALUE. */
static void add_line(X509 *certificate, char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		give_up(line);
	*value++ = '\0';
	add(certificate, X509V3_EXT_conf(NULL, NULL, line, value), line);
}

static void add_lines(X509 *certificate, const char *lines)
{
	char *copy = strdup(lines), *rest = NULL;

	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		add_line(certificate, line);
	free(copy);
}

static GENERAL_NAME *spare_name(unsigned index)
{
	char text[NAME_ROOM];
	int length = snprintf(text, sizeof(text), "host-%u.example.org", index);
	ASN1_IA5STRING *name = ASN1_IA5STRING_new();
	GENERAL_NAME *spare = GENERAL_NAME_new();

	if (!name || !spare || ASN1_STRING_set(name, text, length) != 1)
		give_up("name");
	GENERAL_NAME_set0_value(spare, GEN_DNS, name);
	return spare;
}

/* NAMES, and COUNT that are nobody's. */
static void add_names(X509 *certificate, unsigned count, const char *names)
{
	X509_EXTENSION *written = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
	GENERAL_NAMES *all = written ? X509V3_EXT_d2i(written) : NULL;

	if (!all)
		give_up(names);
	X509_EXTENSION_free(written);
	for (unsigned i = 0; i < count; i++)
		sk_GENERAL_NAME_push(all, spare_name(i));
	add(certificate, X509V3_EXT_i2d(NID_subject_alt_name, 0, all), "names");
	GENERAL_NAMES_free(all);
}

static void add_padding(X509 *certificate, unsigned length)
{
	ASN1_OBJECT *kind = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
	ASN1_OCTET_STRING *bytes = ASN1_OCTET_STRING_new();
	unsigned char *zeros = calloc(1, length);

	if (!zeros || ASN1_OCTET_STRING_set(bytes, zeros, (int)length) != 1)
		give_up("padding");
	add(certificate, X509_EXTENSION_create_by_OBJ(NULL, kind, 0, bytes), "padding");
	ASN1_OCTET_STRING_free(bytes);
	ASN1_OBJECT_free(kind);
	free(zeros);
}

/* --- Fields ----------------------------------------------------------------------------------------------------------- */

static void set_name(X509_NAME *name, const char *text)
{
	if (*text && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) != 1)
		give_up(text);
}

static void set_time(ASN1_TIME *time, const char *text)
{
	time->type = strlen(text) == UTC_TIME_LENGTH ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
	if (ASN1_STRING_set(time, text, -1) != 1)
		give_up(text);
}

static void set_serial(X509 *certificate, const char *digits)
{
	BIGNUM *number = NULL;

	if (!BN_hex2bn(&number, digits) || !BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)))
		give_up(digits);
	BN_free(number);
}

static void sign(X509 *certificate, EVP_PKEY *key, const char *digest)
{
	bool hashes = EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 && EVP_PKEY_get_id(key) != EVP_PKEY_ED448;

	if (X509_sign(certificate, key, hashes ? EVP_get_digestbyname(digest) : NULL) <= 0)
		give_up("signature");
}

X509 *certificate_make(const struct certificate *made)
{
	const struct shape *shape = made->shape;
	X509 *certificate = X509_new();

	if (!certificate || X509_set_version(certificate, shape->version ? shape->version - 1 : X509_VERSION_3) != 1 ||
	    X509_set_pubkey(certificate, made->key) != 1)
		give_up("certificate");
	set_serial(certificate, shape->serial ? shape->serial : "1");
	set_name(X509_get_subject_name(certificate), made->subject);
	set_name(X509_get_issuer_name(certificate), made->issuer);
	set_time(X509_getm_notBefore(certificate), shape->begins ? shape->begins : "20200101000000Z");
	set_time(X509_getm_notAfter(certificate), shape->ends ? shape->ends : "20400101000000Z");
	add_lines(certificate, made->extensions);
	return certificate;
}

/* --- Chains ----------------------------------------------------------------------------------------------------------- */

static void name_middle(char name[NAME_ROOM], unsigned index)
{
	snprintf(name, NAME_ROOM, "middle %u", index);
}

static X509 *make_middle(const struct shape *shape, unsigned index, EVP_PKEY *authority)
{
	bool top = index + 1 == shape->between;
	bool circular = top && shape->chain == CHAIN_CIRCULAR;
	char subject[NAME_ROOM], issuer[NAME_ROOM] = AUTHORITY_NAME;
	const struct certificate middle = {
		.shape = &(struct shape){.version = 3},
		.subject = subject,
		.key = shape_key(SHAPE_OTHER_P256),
		.issuer = issuer,
		.extensions = shape->middle ? shape->middle : AUTHORITY_EXTENSIONS,
	};

	name_middle(subject, index);
	if (!top || circular)
		name_middle(issuer, circular ? 0 : index + 1);
	X509 *certificate = certificate_make(&middle);
	sign(certificate, top && !circular ? authority : middle.key, "SHA256");
	return certificate;
}

static X509 *make_authority(const struct shape *shape, EVP_PKEY *key)
{
	const struct certificate authority = {
		.shape = &(struct shape){.version = 3},
		.subject = AUTHORITY_NAME,
		.key = key,
		.issuer = AUTHORITY_NAME,
		.extensions = shape->authority ? shape->authority : AUTHORITY_EXTENSIONS,
	};
	X509 *certificate = certificate_make(&authority);

	sign(certificate, key, "SHA256");
	return certificate;
}

static EVP_PKEY *signer_of_leaf(const struct shape *shape, EVP_PKEY *authority)
{
	if (shape->signer == SIGNED_BY_ITSELF)
		return shape_key(shape->key);
	if (shape->between > 0 || shape->signer == SIGNED_BY_STRANGER)
		return shape_key(SHAPE_OTHER_P256);
	return authority;
}

static X509 *make_leaf(const struct shape *shape, EVP_PKEY *authority)
{
	const char *subject = shape->subject ? shape->subject : "leaf";
	char issuer[NAME_ROOM] = AUTHORITY_NAME;
	EVP_PKEY *signer = signer_of_leaf(shape, authority);
	bool extended = shape->version == 0 || shape->version >= 3;

	if (shape->between > 0)
		name_middle(issuer, 0);
	const struct certificate leaf = {.shape = shape, .subject = subject, .key = shape_key(shape->key),
	                                 .issuer = shape->signer == SIGNED_BY_ITSELF ? subject : issuer,
	                                 .extensions = shape->extensions ? shape->extensions : ""};
	X509 *certificate = certificate_make(&leaf);
	if (extended && (!shape->names || *shape->names))
		add_names(certificate, shape->spare_names, shape->names ? shape->names : LEAF_NAMES);
	if (shape->padding > 0)
		add_padding(certificate, shape->padding);
	sign(certificate, signer, shape->digest ? shape->digest : "SHA256");
	return certificate;
}

void chain_make(const struct shape *shape, struct chain *chain)
{
	EVP_PKEY *authority = shape_key(shape->authority_key == SHAPE_P256 ? SHAPE_AUTHORITY : shape->authority_key);

	*chain = (struct chain){.leaf = make_leaf(shape, authority), .authority = make_authority(shape, authority)};
	for (unsigned i = 0; i < shape->between; i++)
		chain->between[i] = make_middle(shape, i, authority);
}

void chain_release(struct chain *chain)
{
	X509_free(chain->leaf);
	X509_free(chain->authority);
	for (unsigned i = 0; i < CHAIN_MAX; i++)
		X509_free(chain->between[i]);
}
