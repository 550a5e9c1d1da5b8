"""What checks tokens: the authorizer of an HTTP API, and the user pool that a declaration asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.event_sources._http.plan import USER_POOL, USER_POOL_CLIENT
from functions.contract.identity import content_hash

if TYPE_CHECKING:
    from aws_cdk import aws_apigatewayv2, aws_cognito
    from constructs import Construct

    from constructs_lib.event_sources._http.auth import Jwt
    from constructs_lib.model.intake import RoutePlan
    from constructs_lib.model.site import Site

POOL, CLIENT = "UserPool", "UserPoolClient"
TOKEN_MINUTES = 60
REFRESH_DAYS = 30
SHORTEST_PASSWORD = 12
INVITED_DAYS = 7


def authorizer_for(site: Site, api: aws_apigatewayv2.HttpApi, route: RoutePlan, auth: Jwt) -> str:
    """Return the id of the authorizer; routes of a shared API with the same issuer and audience have the same one."""
    from aws_cdk import aws_apigatewayv2

    issuer, audience = _accepted(site, api, route, auth)
    asked = content_hash([auth.issuer, *auth.audience])[:8]
    id = f"Tokens-{asked}" if route.shared else "Tokens"
    known = api.node.try_find_child(id)
    if isinstance(known, aws_apigatewayv2.CfnAuthorizer):
        return known.ref
    made = aws_apigatewayv2.CfnAuthorizer(
        api,
        id,
        api_id=api.api_id,
        authorizer_type="JWT",
        name=f"{route.api_name}-{asked}" if route.shared else route.api_name,
        identity_source=["$request.header.Authorization"],
        jwt_configuration=aws_apigatewayv2.CfnAuthorizer.JWTConfigurationProperty(issuer=issuer, audience=audience),
    )
    return made.ref


def _accepted(site: Site, api: aws_apigatewayv2.HttpApi, route: RoutePlan, auth: Jwt) -> tuple[str, list[str]]:
    if not auth.user_pool:
        return auth.issuer or "", list(auth.audience)
    from aws_cdk import aws_cognito

    scope: Construct = api if route.shared else site.scope
    pool, client = scope.node.try_find_child(POOL), scope.node.try_find_child(CLIENT)
    if not isinstance(pool, aws_cognito.CfnUserPool) or not isinstance(client, aws_cognito.CfnUserPoolClient):
        pool = user_pool(scope, site.plan.resource(USER_POOL).name)
        client = user_pool_client(scope, pool, site.plan.resource(USER_POOL_CLIENT).name)
    return f"https://{pool.attr_provider_name}", [client.ref]


def user_pool(scope: Construct, name: str) -> aws_cognito.CfnUserPool:
    """Make the pool: users are invited, have a second factor, and outlive the stack.

    It is kept even after a first deployment that failed: its deletion protection would turn the rollback into a second
    failure, and a pool that is left behind takes no name from the next.
    """
    from aws_cdk import CfnDeletionPolicy, aws_cognito

    kinds = aws_cognito.CfnUserPool
    pool = aws_cognito.CfnUserPool(
        scope,
        POOL,
        user_pool_name=name,
        user_pool_tier="PLUS",
        username_attributes=["email"],
        username_configuration=kinds.UsernameConfigurationProperty(case_sensitive=False),
        auto_verified_attributes=["email"],
        deletion_protection="ACTIVE",
        mfa_configuration="ON",
        enabled_mfas=["SOFTWARE_TOKEN_MFA"],
        user_pool_add_ons=kinds.UserPoolAddOnsProperty(advanced_security_mode="ENFORCED"),
        admin_create_user_config=kinds.AdminCreateUserConfigProperty(allow_admin_create_user_only=True),
        account_recovery_setting=kinds.AccountRecoverySettingProperty(
            recovery_mechanisms=[kinds.RecoveryOptionProperty(name="verified_email", priority=1)]
        ),
        policies=kinds.PoliciesProperty(
            password_policy=kinds.PasswordPolicyProperty(
                minimum_length=SHORTEST_PASSWORD,
                require_lowercase=True,
                require_uppercase=True,
                require_numbers=True,
                require_symbols=True,
                temporary_password_validity_days=INVITED_DAYS,
            )
        ),
    )
    pool.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN
    pool.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
    return pool


def user_pool_client(scope: Construct, pool: aws_cognito.CfnUserPool, name: str) -> aws_cognito.CfnUserPoolClient:
    """Make the client of a page or an app: it has no secret, and a password never leaves the device (SRP)."""
    from aws_cdk import aws_cognito

    units = aws_cognito.CfnUserPoolClient.TokenValidityUnitsProperty
    return aws_cognito.CfnUserPoolClient(
        scope,
        CLIENT,
        user_pool_id=pool.ref,
        client_name=name,
        generate_secret=False,
        explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        prevent_user_existence_errors="ENABLED",
        enable_token_revocation=True,
        access_token_validity=TOKEN_MINUTES,
        id_token_validity=TOKEN_MINUTES,
        refresh_token_validity=REFRESH_DAYS,
        token_validity_units=units(access_token="minutes", id_token="minutes", refresh_token="days"),
    )
